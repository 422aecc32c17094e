import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { profileQuery } from '~/api/queries';
import { Failure } from '~/ui/failure';
import { Page } from '~/ui/page';
import { When } from '~/ui/when';
import { ProfileForm } from './profile_form';

/** The business, as agents know it. */
export function ProfilePage() {
  const { data, error, refetch } = useQuery(profileQuery);
  return (
    <Page
      title="Business profile"
      narrow
      note={
        <>
          What agents know of your business, and say when they are asked. Only people write it; no agent can.
          {data?.updated_at && (
            <>
              {' '}
              Changed <When at={data.updated_at} />.
            </>
          )}
        </>
      }
    >
      {error && <Failure error={error} feature="The business profile" retry={() => void refetch()} />}
      {!data && !error && <Skeleton h={300} />}
      {data && <ProfileForm key={data.version} profile={data} />}
    </Page>
  );
}
