import { Button, Center } from '@mantine/core';
import { Empty } from '~/ui/empty';

/** In place of a page that broke: never a white window. */
export function Broken({ error }: { error: unknown }) {
  return (
    <Center mih="60vh" p="md">
      <Empty title="This page could not be shown" action={<Button onClick={() => location.reload()}>Load it again</Button>}>
        {error instanceof Error ? error.message : 'Something went wrong.'} What you have done before is safe: it stands in the
        engine.
      </Empty>
    </Center>
  );
}
