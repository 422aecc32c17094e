import { describe, expect, it } from 'vitest';
import { estimateSentence, isOvernight, minutesFor, openMinutes, showDays, windowSentence, windowSummary } from '../src/time/window';

const week = { timezone: 'Europe/Berlin', allowed_call_start_time: '09:00:00', allowed_call_end_time: '18:00:00', allowed_days_of_week: ['mon', 'tue', 'wed', 'thu', 'fri'] };

describe('the calling window in words', () => {
  it('names a row of days by its ends', () => {
    expect(showDays(['fri', 'mon', 'wed', 'tue', 'thu'])).toBe('Mon to Fri');
    expect(showDays(['mon', 'tue'])).toBe('Mon and Tue');
    expect(showDays(['mon', 'wed', 'sun'])).toBe('Mon, Wed and Sun');
    expect(showDays(['sat', 'sun', 'fri', 'mon', 'tue', 'wed', 'thu'])).toBe('every day');
    expect(showDays([])).toBe('no day');
  });
  it('is a sentence with days, times and zone', () => {
    expect(windowSentence(week)).toBe('Calls only on Monday to Friday, from 09:00 until 18:00, by the clocks of Europe/Berlin.');
    expect(windowSummary(week)).toBe('Mon to Fri 09:00 to 18:00');
  });
  it('says that a night ends on the next day', () => {
    const night = { ...week, allowed_call_start_time: '22:00', allowed_call_end_time: '02:00', allowed_days_of_week: ['fri'] };
    expect(isOvernight(night)).toBe(true);
    expect(windowSentence(night)).toContain('on Friday, from 22:00 until 02:00 of the next day');
    expect(openMinutes(night)).toBe(240);
  });
  it('knows the window that never closes', () => {
    const always = { ...week, allowed_call_start_time: '00:00', allowed_call_end_time: '24:00', allowed_days_of_week: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] };
    expect(windowSummary(always)).toBe('always');
    expect(isOvernight(always)).toBe(false);
    expect(windowSentence(always)).toBe('Calls at any time of any day (Europe/Berlin).');
  });
  it('warns where nothing would ever be called', () => {
    expect(windowSentence({ ...week, allowed_days_of_week: [] })).toContain('nothing is ever called');
    expect(windowSentence({ ...week, timezone: '' })).toContain('nothing is ever called');
  });
});

describe('the estimate', () => {
  it('goes by the slower of the two rates', () => {
    expect(minutesFor(600, 10, 300)).toBe(120);
    expect(minutesFor(600, 1, 300)).toBe(600);
    expect(minutesFor(600, null, null)).toBeNull();
  });
  it('counts the windows that it takes', () => {
    expect(estimateSentence(3000, null, 200, week)).toBe('3,000 numbers, first attempts in about 15 h of open window, over 2 windows.');
    expect(estimateSentence(1, 10, null, week)).toBe('1 number, first attempts in about 1 min of open window.');
    expect(estimateSentence(5, null, null, week)).toContain('no rate is set');
    expect(estimateSentence(0, 10, null, week)).toBe('No numbers yet.');
  });
});
