import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { settingsQuery } from '~/api/queries';
import { Failure } from '~/ui/failure';
import { AssistantForm } from './assistant_form';

/** How the assistant calls. */
export function AssistantTab() {
  const { data, error, refetch } = useQuery(settingsQuery);
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton h={300} />;
  return <AssistantForm key={data.assistant_settings.version} settings={data.assistant_settings} />;
}
