"use strict";
// What held the keyboard may be gone once a part of the screen is replaced: its like takes over, or the new part itself.
(() => {
  let held = null;
  let words = "";
  let around = [];
  document.addEventListener("focusin", (event) => {
    held = event.target;
    words = held.textContent.trim();
    around = [];
    for (let one = held.parentElement; one; one = one.parentElement) if (one.id) around.push(one.id);
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!held || held.isConnected || document.activeElement !== document.body) return;
    const region = around.map((id) => document.getElementById(id)).find((one) => one);
    if (!region) return;
    const like = [...region.querySelectorAll(held.tagName)].find((one) => words && one.textContent.trim() === words);
    if (!like) region.tabIndex = -1;
    (like ?? region).focus({ preventScroll: true });
  });
})();
