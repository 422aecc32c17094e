// Reads an iCalendar object on stdin with a parser that is not ours, and prints what it says as
// JSON. Exit code 1, with the reason, if it is not what RFC 5545 asks for.

import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';

const bytes = readFileSync(0);
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

function demand(holds, what) {
  if (!holds) throw new Error(what);
}

// What the parser would forgive.
demand(text.endsWith('\r\n'), 'the last line has no end');
for (const line of text.slice(0, -2).split('\r\n')) {
  demand(!/[\r\n]/.test(line), 'a line end that is not CRLF');
  demand(Buffer.byteLength(line) <= 75, `a line of ${Buffer.byteLength(line)} bytes`);
}

ICAL.design.strict = true;
const calendar = new ICAL.Component(ICAL.parse(text));
demand(calendar.name === 'vcalendar', 'no VCALENDAR');
demand(calendar.getFirstPropertyValue('version') === '2.0', 'no VERSION 2.0');
demand(calendar.getAllProperties('prodid').length === 1, 'PRODID must stand once');
demand(calendar.getFirstProperty('method') === null, 'a subscription has no METHOD');
demand(calendar.getAllSubcomponents().length > 0, 'nothing inside');

const zones = new Map();
for (const component of calendar.getAllSubcomponents('vtimezone')) {
  const zone = new ICAL.Timezone(component);
  demand(!zones.has(zone.tzid), `the zone ${zone.tzid} stands twice`);
  demand(component.getAllSubcomponents().length > 0, `the zone ${zone.tzid} says nothing`);
  for (const observance of component.getAllSubcomponents())
    for (const name of ['dtstart', 'tzoffsetfrom', 'tzoffsetto'])
      demand(observance.getAllProperties(name).length === 1, `${zone.tzid} lacks ${name}`);
  zones.set(zone.tzid, zone);
}

function moment(property) {
  const value = property.getFirstValue();
  const zone = property.getParameter('tzid');
  demand(!zone || zones.has(zone), `the zone ${zone} is not told`);
  if (value.isDate) return { date: value.toString() };
  demand(zone || value.zone === ICAL.Timezone.utcTimezone, 'a floating time');
  if (zone) value.zone = zones.get(zone);
  return { at: new Date(value.toUnixTime() * 1000).toISOString().replace('.000Z', 'Z'), zone };
}

const seen = new Set();
const events = calendar.getAllSubcomponents('vevent').map((event) => {
  for (const name of ['uid', 'dtstamp', 'dtstart', 'dtend', 'summary', 'status', 'sequence'])
    demand(event.getAllProperties(name).length === 1, `${name} must stand once`);
  const uid = event.getFirstPropertyValue('uid');
  demand(!seen.has(uid), `${uid} stands twice`);
  seen.add(uid);
  for (const name of ['dtstamp', 'created', 'last-modified']) {
    const stamp = event.getFirstPropertyValue(name);
    demand(stamp === null || stamp.zone === ICAL.Timezone.utcTimezone, `${name} must be in UTC`);
  }
  const value = (name) => event.getFirstPropertyValue(name);
  return {
    uid,
    summary: value('summary'),
    location: value('location'),
    description: value('description'),
    status: value('status'),
    sequence: value('sequence'),
    start: moment(event.getFirstProperty('dtstart')),
    end: moment(event.getFirstProperty('dtend')),
  };
});

// Written by the parser and read again, it says the same.
const again = new ICAL.Component(ICAL.parse(calendar.toString()));
demand(again.toString() === calendar.toString(), 'it does not survive a round trip');

console.log(
  JSON.stringify({
    name: calendar.getFirstPropertyValue('x-wr-calname'),
    zones: [...zones.keys()],
    events,
  }),
);
