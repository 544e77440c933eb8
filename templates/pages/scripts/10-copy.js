// Copying an address. Without this script the address is selectable by one tap.
(() => {
  const copy = async (field) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(field.textContent);
    getSelection().selectAllChildren(field); // plain http has no clipboard, but still this older way
    if (!document.execCommand("copy")) throw new Error("refused");
  };
  for (const button of document.querySelectorAll("button[data-copies]")) {
    const field = document.getElementById(button.dataset.copies);
    const said = button.parentElement.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await copy(field);
        said.textContent = button.dataset.done;
      } catch {
        getSelection().selectAllChildren(field);
        said.textContent = button.dataset.failed;
      }
    });
  }
})();
