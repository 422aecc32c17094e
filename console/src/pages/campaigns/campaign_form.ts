import * as z from 'zod/mini';
import type { Campaign, NewCampaign } from '~/api/types';
import { dayNames, shortTime } from '~/time/window';

z.config({ jitless: true }); // its probe for eval would be reported by the content security policy

const text = (most: number, name: string) => z.string().check(z.maxLength(most, `at most ${name} characters`));
const time = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$|^24:00$/, 'a time of day as 09:00'));
const count = (most: number) => z.number('a number').check(z.int('whole numbers only'), z.gte(1, 'at least 1'), z.lte(most, `at most ${most}`));
const rate = z.union([count(1_000_000), z.literal('')], 'a whole number; empty means no limit');

export const campaignSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, 'give it a name'), z.maxLength(200, 'at most 200 characters')),
  description: text(2000, '2,000'),
  type: z.string().check(z.regex(/^[a-z0-9_-]{1,50}$/, 'lower case letters, digits, - and _')),
  script: text(8000, '8,000'),
  timezone: z.string().check(z.minLength(1, 'pick a zone')),
  allowed_call_start_time: time,
  allowed_call_end_time: time,
  allowed_days_of_week: z.array(z.enum(dayNames)).check(z.minLength(1, 'at least one day')),
  rate_limit_per_minute: rate,
  rate_limit_per_hour: rate,
  max_attempts: count(20),
  max_concurrent_calls: count(10_000),
  call_style: z.enum(['conversation', 'announcement']),
  voicemail_action: z.enum(['hang_up', 'leave_message']),
  voicemail_message: text(2000, '2,000'),
});
export type CampaignForm = z.infer<typeof campaignSchema>;

export const campaignFields = Object.keys(campaignSchema.shape) as (keyof CampaignForm)[];

export function emptyCampaign(timezone: string): CampaignForm {
  return {
    name: '', description: '', type: 'general', script: '', timezone,
    allowed_call_start_time: '09:00', allowed_call_end_time: '18:00', allowed_days_of_week: ['mon', 'tue', 'wed', 'thu', 'fri'],
    rate_limit_per_minute: 10, rate_limit_per_hour: 200, max_attempts: 2, max_concurrent_calls: 10,
    call_style: 'conversation', voicemail_action: 'hang_up', voicemail_message: '',
  };
}

/** A campaign as a form: to change it, or to make another like it. */
export function formOf(c: Campaign): CampaignForm {
  return {
    name: c.name, description: c.description, type: c.type, script: c.script, timezone: c.timezone,
    allowed_call_start_time: shortTime(c.allowed_call_start_time),
    allowed_call_end_time: shortTime(c.allowed_call_end_time),
    allowed_days_of_week: dayNames.filter((d) => c.allowed_days_of_week.includes(d)),
    rate_limit_per_minute: c.rate_limit_per_minute ?? '',
    rate_limit_per_hour: c.rate_limit_per_hour ?? '',
    max_attempts: c.max_attempts,
    max_concurrent_calls: c.max_concurrent_calls,
    call_style: c.call_style ?? 'conversation',
    voicemail_action: c.voicemail_action ?? 'hang_up',
    voicemail_message: c.voicemail_message ?? '',
  };
}

export function bodyOf(f: CampaignForm): NewCampaign {
  return {
    ...f,
    rate_limit_per_minute: f.rate_limit_per_minute === '' ? null : f.rate_limit_per_minute,
    rate_limit_per_hour: f.rate_limit_per_hour === '' ? null : f.rate_limit_per_hour,
    voicemail_message: f.voicemail_message.trim() || null,
  };
}

/** Kept while one types, so that a closed window loses nothing. */
const draftKey = 'ringmaster-new-campaign';
export function saveDraft(form: CampaignForm): void {
  localStorage.setItem(draftKey, JSON.stringify(form));
}
export function loadDraft(): CampaignForm | undefined {
  try {
    const read = z.partial(campaignSchema).safeParse(JSON.parse(localStorage.getItem(draftKey) ?? 'null'));
    return read.success && read.data.name ? { ...emptyCampaign('UTC'), ...read.data } : undefined;
  } catch {
    return undefined;
  }
}
export function dropDraft(): void {
  localStorage.removeItem(draftKey);
}
