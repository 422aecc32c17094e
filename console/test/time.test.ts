import { describe, expect, it } from 'vitest';
import { instantOf, offsetOf, showClock, showDistance, showFull, showInstant, showSpan, typedIn, zoneFor, knownZone } from '../src/time/format';

const now = new Date('2026-11-24T12:00:00Z');

describe('instants', () => {
  it('are shown in the zone that was chosen', () => {
    expect(showInstant('2026-11-24T13:05:00Z', 'UTC', now)).toBe('13:05');
    expect(showInstant('2026-11-24T13:05:00Z', 'Europe/Berlin', now)).toBe('14:05');
    expect(showInstant('2026-11-24T13:05:09Z', 'America/New_York', now, true)).toBe('08:05:09');
  });
  it('get longer the farther away they are', () => {
    expect(showInstant('2026-11-26T09:00:00Z', 'UTC', now)).toBe('Thu 09:00');
    expect(showInstant('2026-12-24T09:00:00Z', 'UTC', now)).toBe('24 Dec, 09:00');
    expect(showInstant('2027-01-02T09:00:00Z', 'UTC', now)).toBe('2 Jan 2027, 09:00');
  });
  it('of another day in the zone are not taken for today', () => {
    expect(showInstant('2026-11-24T23:30:00Z', 'Europe/Berlin', now)).toBe('Wed 00:30');
  });
  it('are told in full with their offset', () => {
    expect(showFull('2026-07-01T10:00:00Z', 'Europe/Berlin')).toBe('Wed 1 Jul 2026, 12:00:00 +02:00 Europe/Berlin');
    expect(showFull('2026-07-01T10:00:00Z', 'UTC')).toBe('Wed 1 Jul 2026, 10:00:00 UTC');
    expect(offsetOf(now, 'Asia/Kolkata')).toBe('+05:30');
    expect(offsetOf(now, 'America/St_Johns')).toBe('-03:30');
  });
  it('that are none are shown as they came', () => {
    expect(showInstant('soon', 'UTC', now)).toBe('soon');
    expect(showDistance('soon', now)).toBe('');
  });
});

describe('zones', () => {
  it('follow the mode', () => {
    expect(zoneFor('utc', 'Europe/Berlin')).toBe('UTC');
    expect(zoneFor('campaign', 'Europe/Berlin')).toBe('Europe/Berlin');
  });
  it('that the browser does not know are shown as UTC', () => {
    expect(knownZone('Mars/Olympus')).toBe('UTC');
    expect(zoneFor('campaign', 'Mars/Olympus')).toBe('UTC');
  });
});

describe('lengths', () => {
  it('are told in their largest unit', () => {
    expect(showSpan(45)).toBe('45 s');
    expect(showSpan(150)).toBe('2 min');
    expect(showSpan(7_300)).toBe('2 h');
    expect(showSpan(400_000)).toBe('4 d');
    expect(showDistance('2026-11-24T12:05:00Z', now)).toBe('in 5 min');
    expect(showDistance('2026-11-24T09:00:00Z', now)).toBe('3 h ago');
    expect(showDistance('2026-11-24T12:00:02Z', now)).toBe('now');
  });
  it('of calls look like clocks', () => {
    expect(showClock(5)).toBe('0:05');
    expect(showClock(65.9)).toBe('1:05');
    expect(showClock(3_729)).toBe('1:02:09');
    expect(showClock(-3)).toBe('0:00');
  });
});

describe('typed times', () => {
  it('go to the instant and back', () => {
    for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'])
      for (const at of ['2026-01-15T10:30:00.000Z', '2026-07-15T23:45:00.000Z'])
        expect(instantOf(typedIn(at, zone), zone)).toBe(at);
  });
  it('of an hour that the clocks skip are near it', () => {
    const at = Date.parse(instantOf('2026-03-08T02:30', 'America/New_York'));
    expect(Math.abs(at - Date.parse('2026-03-08T07:30:00Z'))).toBeLessThanOrEqual(3_600_000);
  });
  it('that cannot be read give nothing', () => {
    expect(instantOf('tomorrow', 'UTC')).toBe('');
  });
});
