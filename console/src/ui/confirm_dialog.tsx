import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { ConfirmWish } from './confirm';

/** The question before something that cannot be taken back, or that dials. */
export function ConfirmDialog({ wish, onClose }: { wish: ConfirmWish; onClose: () => void }) {
  const [opened, setOpened] = useState(true);
  const close = () => setOpened(false);
  return (
    <Modal opened={opened} onClose={close} onExitTransitionEnd={onClose} title={wish.title}>
      <Stack gap="md">
        <Text size="sm" component="div">
          {wish.text}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="sm" onClick={close} data-autofocus>
            Not now
          </Button>
          <Button
            size="sm"
            color={wish.danger ? 'red.8' : 'iris'}
            onClick={() => {
              close();
              wish.onYes();
            }}
          >
            {wish.yes}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
