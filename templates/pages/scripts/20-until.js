// Keeps "how long until" true while a page stays open, in the words of scheduler/web/remaining.py. Not in the demo,
// whose present stands still.
(() => {
  const root = document.documentElement;
  const places = document.querySelectorAll(".until[data-start]");
  if (!("live" in root.dataset) || !places.length) return;
  const MINUTE = 60e3, HOUR = 60 * MINUTE, DAY = 24 * HOUR, DAYS_COUNTED = 45;
  const words = {
    es: { now: "en curso", "-1": "ayer", 0: "hoy", 1: "mañana" },
    en: { now: "under way", "-1": "yesterday", 0: "today", 1: "tomorrow" },
  }[root.lang];
  const relative = new Intl.RelativeTimeFormat(root.lang);
  const spoken = (away, size, unit) =>
    relative.format(Math.sign(away) * Math.max(1, Math.round(Math.abs(away) / size)), unit);

  const text = (start, end, offset, now) => {
    if (start <= now && now < end) return words.now;
    const moment = now < start ? start : end;
    const away = moment - now;
    if (Math.abs(away) < HOUR) return spoken(away, MINUTE, "minute");
    const day = (instant) => Math.floor((instant + offset) / DAY);
    const days = day(moment) - day(now);
    if (Math.abs(days) > DAYS_COUNTED) return null; // the server's months last as long as the page
    if (Math.abs(days) > 1) return spoken(days, 1, "day");
    return Math.abs(away) < DAY ? `${words[days]}, ${spoken(away, HOUR, "hour")}` : words[days];
  };

  const say = () => {
    for (const place of places) {
      const { start, end, offset } = place.dataset;
      const said = text(Date.parse(start), Date.parse(end), offset * MINUTE, Date.now());
      if (said && said !== place.textContent) place.textContent = said;
    }
  };
  setInterval(say, MINUTE);
  document.addEventListener("visibilitychange", say);
})();
