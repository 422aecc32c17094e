import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Relative, so that the console lives behind any path of a proxy; see index.html.
  base: './',
  plugins: [react()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    manifest: true,
    // Data URLs would make the content security policy wider than it has to be.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
  server: {
    port: 5173,
    proxy: {
      '/api': { target: process.env.RINGMASTER_DEV ?? 'http://127.0.0.1:8090', changeOrigin: true },
      '/openapi.json': { target: process.env.RINGMASTER_DEV ?? 'http://127.0.0.1:8090' },
      '/readyz': { target: process.env.RINGMASTER_DEV ?? 'http://127.0.0.1:8090' },
    },
  },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
});
