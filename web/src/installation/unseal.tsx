/** A practice is here, and sealed: by its passphrase, or by the words of its recovery kit. */
import { unsealPractice } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { FormBox, SecretField, useForm } from '#forms'
import { useMessages } from '#messages'
import { installationQuery } from '#session'
import { Page } from '#shell'
import { KitWordsForm } from './kit-words-form.tsx'

export function UnsealPage() {
  const m = useMessages()
  const { data: installation } = useQuery(installationQuery)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const hasPassphrase = installation?.waysIn.includes('passphrase') !== false
  const [wanted, setWanted] = useState<'passphrase' | 'kit'>()
  const way = wanted ?? (hasPassphrase ? 'passphrase' : 'kit')
  const enter = async () => {
    await queries.fetchQuery({ ...installationQuery, staleTime: 0 })
    await navigate({ to: '/sign-in', replace: true })
  }
  return (
    <Page title={m.installation.unsealTitle} lead={m.installation.unsealLead} isNarrow beginsInField>
      {way === 'passphrase' ? (
        <PassphraseForm onDone={enter} />
      ) : (
        <KitWordsForm
          onWords={async (words) => {
            await call(unsealPractice, { body: { kind: 'recovery-kit', words } })
            await enter()
          }}
        />
      )}
      {hasPassphrase && (
        <p>
          <button type="button" className="link" onClick={() => setWanted(way === 'passphrase' ? 'kit' : 'passphrase')}>
            {way === 'passphrase' ? m.installation.useKit : m.installation.usePassphrase}
          </button>
        </p>
      )}
      <details className="more">
        <summary>{m.installation.unsealWhy}</summary>
        <p>{m.installation.unsealBecause}</p>
      </details>
    </Page>
  )
}

function PassphraseForm({ onDone }: { readonly onDone: () => Promise<void> }) {
  const m = useMessages()
  const form = useForm({
    initial: { passphrase: '' },
    check: ({ passphrase }) => ({ passphrase: passphrase === '' ? m.installation.passphraseMissing : undefined }),
    send: async ({ passphrase }) => {
      await call(unsealPractice, { body: { kind: 'passphrase', passphrase } })
      await onDone()
    },
  })
  return (
    <FormBox form={form} action={m.installation.unsealAction}>
      <SecretField form={form} name="passphrase" label={m.installation.passphrase} autoComplete="current-password" />
    </FormBox>
  )
}
