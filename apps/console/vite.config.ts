import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `vite` alone proxies to a running API; the API serves what `vite build` leaves in dist/apps/console. */
export default defineConfig({
  root: here('.'),
  plugins: [react()],
  resolve: {
    alias: {
      '@springtide/contracts': here('../../libs/contracts/index.ts'),
      '@springtide/kernel': here('../../libs/kernel/index.ts'),
    },
  },
  build: {
    outDir: here('../../dist/apps/console'),
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    // Our libraries do nothing when they are loaded: what one page alone uses comes with that page, not with the first one.
    rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /\/libs\//, sideEffects: false }] } },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': process.env['SPRINGTIDE_API_URL'] ?? 'http://127.0.0.1:8080' },
  },
});
