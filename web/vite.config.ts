import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` finds the server; a second server on another port is named by the environment. */
const server = process.env.RENEXUS_SERVER ?? 'http://localhost:5080'

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url)).replace(/\/$/, '')

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: {
      '@': source(''),
      // The content security policy allows no style elements, and this package makes one.
      'react-style-singleton': source('lib/react/style-singleton.ts'),
      'style-mod': source('features/content/editor/style-mod.ts'),
      'style-mod-original': source('../node_modules/style-mod/src/style-mod.js'),
    },
  },
  build: {
    target: 'es2023',
    // The content security policy allows no data: scripts or styles, so every asset is a file.
    assetsInlineLimit: 0,
    // The size budget reads the manifest to tell the initial scripts from the route chunks.
    manifest: true,
    rolldownOptions: {
      input: { index: source('../index.html'), 'service-worker': source('worker/service-worker.ts') },
      // Its address is what a browser asks for anew, so it stays the same.
      output: {
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        // What the editor of documents is made of, in parts that come at the same time and stay with a browser when the editor changes.
        codeSplitting: {
          groups: [
            { name: 'text-changes', test: /node_modules\/(?:@codemirror\/state|@marijn)\//, priority: 3 },
            {
              name: 'text-view',
              test: /node_modules\/(?:@codemirror\/view|style-mod|w3c-keyname|crelt)\//,
              priority: 2,
            },
            { name: 'text-language', test: /node_modules\/(?:@codemirror\/lang|@lezer)/, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    // A test compares an example with its page in the docs.
    fs: { allow: ['.', '../docs'] },
    proxy: {
      '/api': { target: server },
      '/ws': { target: server, ws: true },
      '/openapi.json': { target: server },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/app/test-setup.ts'],
    restoreMocks: true,
  },
})
