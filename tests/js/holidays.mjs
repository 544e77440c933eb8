// The holidays that date-holidays lists: {countries, years} on standard input; of each country that it knows, every day
// with its kind, English name and rule; `part` names a part of the country, and is null for the whole.
import Holidays from "date-holidays";
import { readFileSync } from "node:fs";

const DAY = 24 * 60 * 60 * 1000;

function days({ date, start, end }) {
  const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  const many = Math.max(1, Math.round((end - start) / DAY));
  return Array.from({ length: many }, (_, past) => new Date(first + past * DAY).toISOString().slice(0, 10));
}

const { countries, years } = JSON.parse(readFileSync(0, "utf-8"));

function listed(country, part) {
  const list = part === null ? new Holidays(country) : new Holidays(country, part);
  return years
    .flatMap((year) => list.getHolidays(year, "en"))
    .flatMap((one) => days(one).map((day) => ({ day, kind: one.type, name: one.name, rule: one.rule, part })));
}

const known = new Holidays().getCountries();
const found = countries
  .filter((country) => country in known)
  .map((country) => {
    const parts = Object.keys(new Holidays().getStates(country) ?? {});
    return [country, [null, ...parts].flatMap((part) => listed(country, part))];
  });
process.stdout.write(JSON.stringify(Object.fromEntries(found)));
