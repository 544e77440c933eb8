"use strict";
// What a button proposes is put into its field; typing goes on as if it had been typed.
document.documentElement.classList.add("js");
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-fix]");
  if (!button) return;
  const field = document.querySelector(`[name="${CSS.escape(button.dataset.fix)}"]`);
  if (!field) return;
  event.preventDefault();
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
