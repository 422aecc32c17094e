import './styles';
import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core';
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
// Dialogs keep the page behind them from scrolling with a style element; this is where its maker looks for the nonce.
if (nonce) Object.assign(globalThis, { __webpack_nonce__: nonce });
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
          <RouterProvider router={router} />
        </TimeProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
