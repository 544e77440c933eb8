"use strict";
// Line numbers beside a text that is edited, and the way to a line that a problem or an address names.
for (const box of document.querySelectorAll(".editor")) {
  const text = box.querySelector("textarea");
  const gutter = document.createElement("pre");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  box.prepend(gutter);
  let lines = 0;
  const count = () => {
    const now = text.value.split("\n").length;
    if (now === lines) return;
    lines = now;
    gutter.textContent = Array.from({ length: lines }, (_, index) => index + 1).join("\n");
  };
  const follow = () => { gutter.scrollTop = text.scrollTop; };
  const go = (line) => {
    const before = text.value.split("\n").slice(0, line - 1);
    const start = before.reduce((sum, one) => sum + one.length + 1, 0);
    const end = text.value.indexOf("\n", start);
    text.focus();
    text.setSelectionRange(start, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
    follow();
  };
  text.addEventListener("input", count);
  text.addEventListener("scroll", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    go(Number(link.dataset.line));
  });
  count();
  if (Number(box.dataset.line)) go(Number(box.dataset.line));
}
