import { Button, Code, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, take } from '~/api/client';
import { confirmAct } from '~/ui/confirm';
import { Copy } from '~/ui/copy';
import { tellDone, tellFailure } from '~/ui/notify';
import { Section } from '~/ui/section';

/** The private address at which other calendars follow this one. */
export function Subscription() {
  const make = useMutation({ mutationFn: () => take(api.POST('/api/calendar/subscription')), onError: tellFailure });
  const end = useMutation({
    mutationFn: () => take(api.DELETE('/api/calendar/subscription')),
    onSuccess: () => {
      make.reset();
      tellDone('The address leads nowhere any more.');
    },
    onError: tellFailure,
  });
  const url = make.data?.url;
  return (
    <Section title="Follow it from elsewhere">
      <Text size="sm" c="dimmed" mb="xs">
        Other calendars can subscribe to a private address. Whoever knows it reads your entries. It is shown once; a new one ends
        the one before.
      </Text>
      {url && (
        <Group gap="xs" mb="xs" wrap="nowrap">
          <Code className="rm-clip">{url}</Code>
          <Copy text={url} label="Copy the address" />
        </Group>
      )}
      <Group gap="xs">
        <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
          Make a new address
        </Button>
        <Button
          variant="subtle"
          onClick={() => confirmAct({ title: 'End the subscription', text: 'Calendars that follow this one get nothing any more.', yes: 'End it', danger: true, onYes: () => end.mutate() })}
        >
          End it
        </Button>
      </Group>
    </Section>
  );
}
