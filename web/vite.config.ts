/** How the pages are built: into `dist`, each file named by its content, none inlined, since the server's policy forbids it. */
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { themeCss } from './theme-css.ts'

const noNode = join(import.meta.dirname, 'no-node.ts')

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), themeCss()],
  // The codecs ask for Node's modules where there is Node.
  resolve: { alias: { fs: noNode, path: noNode } },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dev -w web` beside a running `couronne serve`
  server: { proxy: { '/api': process.env.COURONNE_SERVER ?? 'http://127.0.0.1:8420' } },
})
