import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, take } from '~/api/client';
import { Problem } from '~/api/problem';
import { inOrder, windowSentence, type WindowShape } from '~/time/window';
import { When } from './when';

/** A window as a sentence while it is being chosen, and when it opens next by the engine's own reckoning. */
export function WindowPreview({ shape }: { shape: WindowShape }) {
  const wish = JSON.stringify([shape.timezone, shape.allowed_call_start_time, shape.allowed_call_end_time, inOrder(shape.allowed_days_of_week)]);
  const [settled] = useDebouncedValue(wish, 300);
  const asked = useMemo(() => {
    const [timezone, start, end, days] = JSON.parse(settled) as [string, string, string, string[]];
    return { timezone, allowed_call_start_time: start, allowed_call_end_time: end, allowed_days_of_week: days };
  }, [settled]);
  const complete =
    asked.timezone !== '' &&
    asked.allowed_days_of_week.length > 0 &&
    asked.allowed_call_start_time !== '' &&
    asked.allowed_call_end_time !== '';
  const check = useQuery({
    queryKey: ['window', asked],
    enabled: complete,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: () =>
      take(
        api.POST('/api/call-window/check', {
          body: { ...asked, count: 3 },
        }),
      ),
  });
  const openings = check.data?.next_openings ?? [];
  return (
    <div className="rm-sentence" aria-live="polite">
      <div>{windowSentence(shape)}</div>
      {check.error instanceof Problem && (
        <Text size="xs" c="var(--mantine-color-error)">
          {check.error.errors[0]?.message ?? check.error.message}. As it stands, nothing would be called.
        </Text>
      )}
      {check.data && complete && !check.error && (
        <Text size="xs" c="dimmed" component="div">
          {check.data.allowed ? (
            <>
              It is open now{check.data.closes_at ? <>, until <When at={check.data.closes_at} zone={asked.timezone} /></> : null}.{' '}
            </>
          ) : (
            <>It is closed now. </>
          )}
          {openings.length > 0 && (
            <>
              Opens next:{' '}
              {openings.map((at, n) => (
                <span key={at}>
                  {n > 0 && ', '}
                  <When at={at} zone={asked.timezone} />
                </span>
              ))}
              .
            </>
          )}
        </Text>
      )}
    </div>
  );
}
