import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// `npm run dev` talks to a running server: PORTAL_URL is its address, PORTAL_TOKEN an access key that is added to
// requests while developing. Neither is part of what is built.
const server = process.env['PORTAL_URL'] ?? 'http://127.0.0.1:8080';
const token = process.env['PORTAL_TOKEN'];
const proxied = {
  target: server,
  changeOrigin: true,
  ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
};

export default defineConfig({
  base: '/ui/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': proxied, '/oauth': proxied } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
  },
});
