"use strict";
// A part of the screen that does not come says so where it would stand, and the link that leads to it alone comes back.
(() => {
  const say = (target) => {
    if (!target?.isConnected) return;
    const words = document.getElementById("screen").dataset.away;
    const waits = target.querySelector(".progress, .js[role=status]");
    const said = target.querySelector(":scope > .away") ?? document.createElement("p");
    said.className = "away problem";
    said.setAttribute("role", "alert");
    said.textContent = words;
    target.prepend(said);
    waits?.remove();
    target.classList.add("lacking");
  };
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.status >= 500) say(ctx.target);
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => say(ctx?.target));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => ctx?.target?.classList.remove("lacking"));
})();
