import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { keepAppOnDevice } from './installed'
import { createQueryClient } from './query-client'
import { createAppRouter } from './router'
import { followRoutes } from './shell/route-focus'
import { startSession } from './session'
import './styles.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root.')

const cache = createQueryClient()
startSession(cache)
keepAppOnDevice()

const router = createAppRouter(cache)
followRoutes(router)

createRoot(root).render(
  <StrictMode>
    <App cache={cache} router={router} />
  </StrictMode>,
)
