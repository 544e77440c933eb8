// Each calendar on standard input, a JSON array of texts, as ical.js understands it.
import ICAL from "ical.js";
import { readFileSync } from "node:fs";

const said = (property) => (property ? property.getFirstValue() : null);

function party(property) {
  return { address: property.getFirstValue(), name: property.getParameter("cn") ?? null, partstat: property.getParameter("partstat") ?? null };
}

function entry(component) {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    summary: event.summary,
    description: event.description,
    status: said(component.getFirstProperty("status")),
    sequence: event.sequence,
    start: event.startDate ? event.startDate.toString() : null,
    end: event.startDate ? event.endDate.toString() : null,
    stamp: said(component.getFirstProperty("dtstamp"))?.toString() ?? null,
    organizer: component.getFirstProperty("organizer") ? party(component.getFirstProperty("organizer")) : null,
    attendees: component.getAllProperties("attendee").map(party),
  };
}

const documents = JSON.parse(readFileSync(0, "utf-8"));
const found = documents.map((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return {
    method: said(calendar.getFirstProperty("method")),
    entries: calendar.getAllSubcomponents("vevent").map(entry),
  };
});
process.stdout.write(JSON.stringify(found));
