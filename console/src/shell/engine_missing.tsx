import { Center } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { Problem } from '~/api/problem';
import { Empty } from '~/ui/empty';
import { Failure } from '~/ui/failure';

/** No session could be read: the engine is away, or it is one that has no console yet. */
export function EngineMissing({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <Center mih="80vh" p="md">
      <div style={{ width: 'min(560px, 100%)' }}>
        {error instanceof Problem && error.status === 404 ? (
          <Empty title="This engine has no sign-in">
            It answers the API with keys only. Use a newer engine, or for development dev/proxy.mjs of the console.
          </Empty>
        ) : (
          <Failure error={error} retry={() => void router.invalidate()} />
        )}
      </div>
    </Center>
  );
}
