// The finder while one types, by the rule of scheduler/web/finder.py: every word asked for begins a word that is known.
// Without this script the form asks the server.
(() => {
  const field = document.getElementById("q");
  const list = document.getElementById("offices");
  if (!field || !list) return;
  const said = document.getElementById("finder-said");
  const results = document.querySelector(".results");
  const fold = (text) =>
    text.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  const regions = [...list.querySelectorAll(".region")].map((place) => ({
    place,
    words: ` ${place.dataset.words} `,
    offices: [...place.querySelectorAll("li")],
  }));

  const filter = () => {
    const wanted = fold(field.value).split(" ").filter(Boolean);
    let total = 0;
    for (const { place, words, offices } of regions) {
      let count = 0;
      for (const office of offices) {
        const known = words + office.dataset.words;
        office.hidden = !wanted.every((word) => known.includes(` ${word}`));
        count += !office.hidden;
      }
      place.hidden = wanted.length > 0 && count === 0;
      place.open = wanted.length > 0 && count > 0;
      total += count;
    }
    const { one, many, none } = said.dataset;
    said.textContent = !wanted.length ? "" : total === 0 ? none : total === 1 ? one : many.replace("{}", total);
    if (results) results.hidden = true; // the server's answer to an earlier question
  };
  field.addEventListener("input", filter);
})();
