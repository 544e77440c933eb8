"use strict";
// Seconds until the first mail leaves, by the server's clock; at zero the panel says how it stands.
(() => {
  const seen = new WeakMap();
  const show = () => {
    for (const clock of document.querySelectorAll("[data-until]")) {
      if (!seen.has(clock)) {
        const left = Date.parse(clock.dataset.until) - Date.parse(clock.dataset.now);
        seen.set(clock, performance.now() + left);
      }
      const seconds = Math.max(0, Math.ceil((seen.get(clock) - performance.now()) / 1000));
      const hours = Math.floor(seconds / 3600);
      const rest = `${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
      const text = hours ? `${hours}:${rest}` : rest;
      if (clock.textContent !== text) clock.textContent = text;
      if (seconds === 0 && !clock.dataset.over) {
        clock.dataset.over = "1";
        clock.closest("#undo").dispatchEvent(new Event("over"));
      }
    }
  };
  setInterval(show, 250);
  document.addEventListener("DOMContentLoaded", show);
  show();
})();
