"use strict";
// A file that the server would not take is said to be too large where it was chosen, before minutes of sending it.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("input[type=file]")) return;
  const { most, heavy } = document.getElementById("screen").dataset;
  const size = [...target.files].reduce((sum, file) => sum + file.size, 0);
  target.setCustomValidity(size > Number(most) ? heavy : "");
  target.reportValidity();
});
