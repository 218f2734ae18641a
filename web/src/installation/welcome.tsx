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
import { type Making, SampleProgress, useSampleMaking } from './sample-progress.tsx'

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
    onMutate: () => setIsInterrupted(false),
    onSettled: lookAgain,
  })
  const [isInterrupted, setIsInterrupted] = useState(false)
  const isRunning = sample.isPending || installation?.sampleMaking.kind === 'running'
  const running = useSampleMaking(isRunning, () => {
    // Our own request is answered itself; of another one, made before this page was loaded, only this is heard.
    if (!sample.isPending) void meetEnd()
  })

  /** What is here may have changed; an answer that did not come does not say that nothing is made. */
  function lookAgain() {
    return queries.fetchQuery({ ...installationQuery, staleTime: 0 }).catch(() => undefined)
  }

  async function meetEnd() {
    const now = await lookAgain()
    if (now?.state === 'open') void navigate({ to: '/sign-in' })
    else if (now?.sampleMaking.kind === 'idle') setIsInterrupted(true)
  }

  if (sample.data !== undefined) return <SampleAccounts accounts={sample.data.accounts} />
  if (isRunning)
    return (
      <Page title={m.installation.sampleWaits} isNarrow>
        <SampleProgress running={running} />
      </Page>
    )
  return (
    <Page title={m.installation.welcomeTitle} lead={m.installation.welcomeLead}>
      <Failure error={sample.error} making={installation?.sampleMaking} isInterrupted={isInterrupted} />
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
          <Button variant="default" onClick={() => sample.mutate()}>
            {m.installation.sampleAction}
          </Button>
        </section>
      </div>
    </Page>
  )
}

/** Why there is no sample practice, and what to do: our own try, or one before this page was loaded. */
function Failure({
  error,
  making,
  isInterrupted,
}: {
  readonly error: Error | null
  readonly making: Making | undefined
  readonly isInterrupted: boolean
}) {
  const m = useMessages()
  const code = making?.kind === 'failed' ? making.code : undefined
  if (code === undefined && !isInterrupted) return error === null ? null : <ProblemBox problem={error} />
  const problems = m.problems as Readonly<Record<string, string>>
  return (
    <div className="refusal" role="alert">
      <p className="refusal-title">{isInterrupted ? m.installation.sampleInterrupted : m.installation.sampleFailed}</p>
      {code !== undefined && <p>{problems[code] ?? m.problems.unexpected}</p>}
      <p>{m.installation.sampleFailedNext}</p>
    </div>
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
