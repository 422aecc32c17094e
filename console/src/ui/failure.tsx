import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { Problem } from '~/api/problem';
import { Empty } from './empty';
import { Icon } from './icon';
import { When } from './when';

interface Props {
  error: unknown;
  /** What the page is, for engines that do not have it yet: "The actor console". */
  feature?: string;
  retry?: () => void;
}

/** A problem document with all that helps: the sentence, the fields, when to come back, the request's id. */
export function Failure({ error, feature, retry }: Props) {
  const problem = error instanceof Problem ? error : undefined;
  if (problem?.status === 404 && feature)
    return (
      <Empty title={`${feature} is not part of this engine`}>
        The engine that serves this console has no such route (404). A newer version has; everything else works.
      </Empty>
    );
  return (
    <Alert color="red" variant="outline" icon={<Icon name="warn" />} title={problem?.title ?? 'Something went wrong'} role="alert">
      <Stack gap={6}>
        <Text size="sm" className="rm-wrap">
          {error instanceof Error ? error.message : String(error)}
        </Text>
        {problem && problem.errors.length > 0 && (
          <ul style={{ margin: 0, paddingLeft: 18 }}>
            {problem.errors.map((e) => (
              <li key={e.pointer + e.code}>
                <Code>{e.pointer || '/'}</Code> {e.message}
              </li>
            ))}
          </ul>
        )}
        {problem?.nextOpenAt && (
          <Text size="sm">
            The window opens next at <When at={problem.nextOpenAt} distance />.
          </Text>
        )}
        <Group gap="sm">
          {retry && (
            <Button variant="default" onClick={retry}>
              Try again
            </Button>
          )}
          {problem?.requestId && (
            <Text size="xs" c="dimmed">
              {problem.code}, request <span className="rm-mono">{problem.requestId}</span>
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
