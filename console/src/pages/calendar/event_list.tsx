import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { calendarEventsQuery } from '~/api/queries';
import { basePath } from '~/base';
import { Failure } from '~/ui/failure';
import { Section } from '~/ui/section';
import { StatusBadge } from '~/ui/status_badge';
import style from './event_list.module.css';

/** What the user has approved. */
export function EventList() {
  const { data, error, refetch } = useQuery(calendarEventsQuery);
  return (
    <Section title="In the calendar" flush>
      {error && <Failure error={error} feature="The calendar" retry={() => void refetch()} />}
      {!data && !error && <Skeleton h={80} m="md" />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed" p="md">
          No entry yet. What you approve stands here.
        </Text>
      )}
      {data?.map((e) => (
        <div key={e.id} className={style.row}>
          <div className="rm-grow">
            <div style={{ fontWeight: 500, textDecoration: e.status === 'cancelled' ? 'line-through' : undefined }}>{e.entry.title}</div>
            <Text size="xs" c="dimmed">
              {e.entry.when}
              {e.entry.location ? `, ${e.entry.location}` : ''}
            </Text>
          </div>
          <StatusBadge status={e.status} plain />
          <a href={`${basePath}/api/calendar/events/${e.id}/ics`} download={`${e.id}.ics`} className={style.download}>
            .ics
          </a>
        </div>
      ))}
    </Section>
  );
}
