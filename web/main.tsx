import './theme.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Tooltip } from 'radix-ui'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Toasts } from './parts/toast.tsx'
import { makeQueryClient } from './queries.ts'
import { makeRouter } from './router.tsx'

const queries = makeQueryClient(() => {
  const { pathname, href } = router.state.location
  if (pathname !== '/sign-in') router.navigate({ to: '/sign-in', search: { back: href } })
})
const router = makeRouter(queries)

// After an update of the server an open page requests files that no longer exist; a reloaded page knows the new ones.
window.addEventListener('vite:preloadError', (event) => {
  event.preventDefault()
  location.reload()
})

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Tooltip.Provider delayDuration={400}>
        <RouterProvider router={router} />
        <Toasts />
      </Tooltip.Provider>
    </QueryClientProvider>
  </StrictMode>,
)
