/** Nothing is here yet: one's own practice, or the sample one. */
import { makeSample } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { ProblemBox, TextField, useForm } from '#forms'
import { useMessages, useSpeech } from '#messages'
import { installationQuery } from '#session'
import { Page } from '#shell'

export function WelcomePage() {
  const m = useMessages()
  const { language } = useSpeech()
  const { data: installation } = useQuery(installationQuery)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [key] = useState(() => crypto.randomUUID())
  const needsCode = installation?.needsSetupCode === true
  const code = useForm({ initial: { setupCode: '' }, send: async () => undefined })
  const sample = useMutation({
    mutationFn: () =>
      call(makeSample, { body: { language, ...(needsCode ? { setupCode: code.values.setupCode } : {}) } }, { key }),
    onSuccess: () => queries.fetchQuery({ ...installationQuery, staleTime: 0 }),
  })
  if (sample.data !== undefined) return <SampleAccounts accounts={sample.data.accounts} />
  return (
    <Page title={m.installation.welcomeTitle} lead={m.installation.welcomeLead}>
      {sample.error !== null && <ProblemBox problem={sample.error} />}
      {needsCode && (
        <div className="form">
          <p className="note">{m.installation.fromElsewhere}</p>
          <TextField
            form={code}
            name="setupCode"
            label={m.installation.setupCode}
            hint={m.installation.setupCodeHint}
            className="short"
          />
        </div>
      )}
      <div className="two-ways">
        <section>
          <h2>{m.installation.ownTitle}</h2>
          <p>{m.installation.ownLead}</p>
          <ul className="plain">
            {m.installation.ownPoints.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
          <Button onClick={() => void navigate({ to: '/set-up' })}>{m.installation.ownAction}</Button>
        </section>
        <section>
          <h2>{m.installation.sampleTitle}</h2>
          <p>{m.installation.sampleLead}</p>
          <ul className="plain">
            {m.installation.samplePoints.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
          <Button variant="default" loading={sample.isPending} loaderProps={{ type: 'dots' }} onClick={() => sample.mutate()}>
            {m.installation.sampleAction}
          </Button>
          <p role="status">{sample.isPending && m.installation.sampleWaits}</p>
        </section>
      </div>
    </Page>
  )
}

function SampleAccounts({
  accounts,
}: {
  readonly accounts: readonly { readonly role: string; readonly login: string; readonly password: string }[]
}) {
  const m = useMessages()
  const navigate = useNavigate()
  const roles = m.people.roles as Readonly<Record<string, string>>
  return (
    <Page title={m.installation.sampleDone} lead={m.installation.sampleDoneLead} isNarrow>
      <dl className="facts">
        {accounts.map(({ role, login, password }) => (
          <div key={login}>
            <dt>{roles[role] ?? role}</dt>
            <dd>
              <code>{login}</code> <code>{password}</code>
            </dd>
          </div>
        ))}
      </dl>
      <div className="actions">
        <Button onClick={() => void navigate({ to: '/sign-in' })}>{m.session.signIn}</Button>
      </div>
    </Page>
  )
}
