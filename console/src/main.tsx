import './styles';
import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { styleNonce } from './base';
import { makeQueryClient } from './query_client';
import { makeRouter } from './router';
import { theme, variables } from './theme';
import { TimeProvider } from './time/mode';

const nonce = styleNonce();
const colorScheme = localStorageColorSchemeManager({ key: 'ringmaster-scheme' });
const client = makeQueryClient(() => router);
const router = makeRouter(client);

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
      {...(nonce ? { getStyleNonce: () => nonce } : {})}
    >
      <QueryClientProvider client={client}>
        <TimeProvider>
          <ModalsProvider>
            <RouterProvider router={router} />
            <Notifications position="bottom-right" limit={4} />
          </ModalsProvider>
        </TimeProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
