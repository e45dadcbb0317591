import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'web',
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: {
      // Radix locks the scrolling behind a dialog by a <style> element, which our content security policy refuses.
      'react-style-singleton': new URL('./web/parts/style-singleton.ts', import.meta.url).pathname,
    },
  },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    // A file of its own for each asset: the content security policy allows no data: fonts or styles.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What changes with every release is apart from what stays for months, so that a browser keeps the latter.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            {
              name: 'tanstack',
              test: /node_modules\/@tanstack\/(react-router|router-core|history|react-store|store|react-query|query-core)\//,
            },
          ],
        },
      },
    },
  },
})
