/** Where the pages begin. */
import { MantineProvider } from '@mantine/core'
import '@mantine/core/styles/baseline.layer.css'
import '@mantine/core/styles/default-css-variables.layer.css'
import '@mantine/core/styles/global.layer.css'
import '@mantine/core/styles/UnstyledButton.layer.css'
import '@mantine/core/styles/ActionIcon.layer.css'
import '@mantine/core/styles/Button.layer.css'
import '@mantine/core/styles/Loader.layer.css'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import '@mantine/core/styles/PasswordInput.layer.css'
import '@mantine/core/styles/Checkbox.layer.css'
import '@mantine/core/styles/Radio.layer.css'
import 'virtual:theme.css'
import './fonts.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/page.css'
import './styles/forms.css'
import './styles/lists.css'
import './styles/thief.css'
import './styles/kit.css'
import './styles/attack.css'
import './styles/tables.css'
import './styles/patients.css'
import './styles/records.css'
import './styles/completeness.css'
import './styles/teeth.css'
import './styles/images.css'
import './styles/paper.css'
import './styles/imports.css'
import './styles/print.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { makeQueryClient, watchLosses } from '#api'
import { LanguageProvider, loadMessages, preferredLanguage } from '#messages'
import { keepFocus } from '#shell'
import { makeRouter } from './routes.tsx'
import { theme } from './theme.ts'

const language = preferredLanguage()
const messages = await loadMessages(language)
const queries = makeQueryClient()
const router = makeRouter(queries)

// The session ended, or the practice was sealed, under an open page: what was typed waits in its drafts, and the page comes back.
watchLosses((loss) => {
  const from = router.state.location.href
  if (loss === 'signed-out' && !from.startsWith('/sign-in')) {
    queries.removeQueries({ queryKey: ['session'] })
    void router.navigate({ to: '/sign-in', search: from === '/' ? {} : { from } })
  }
  if (loss === 'sealed' && !from.startsWith('/unseal')) {
    queries.removeQueries({ queryKey: ['installation'] })
    void router.navigate({ to: '/unseal' })
  }
})

keepFocus(document)

createRoot(document.getElementById('root') as HTMLElement).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
    <LanguageProvider first={{ language, messages }}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </LanguageProvider>
  </MantineProvider>,
)
