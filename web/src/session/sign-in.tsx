/** Signing in: login and password, a second factor when one is due; a passkey alone; or the practice's own provider. */
import {
  getSecondFactorStep,
  signInWithPasskey,
  signInWithPassword,
  signInWithSecondFactor,
  startOidcSignIn,
  startPasskeySignIn,
} from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { call, setStanding } from '#api'
import { claimDrafts, FormBox, ProblemBox, SecretField, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { Page } from '#shell'
import { askForPasskey, hasPasskeys } from './passkey.ts'
import { meQuery, waysInQuery } from './queries.ts'

type Outcome = Awaited<ReturnType<typeof signIn>>
type SecondFactorNeeded = Extract<Outcome, { readonly kind: 'second-factor-needed' }>

const signIn = (login: string, password: string) => call(signInWithPassword, { body: { login, password } })

/** The provider has sent the browser back: which proof is still due stands on the server. */
const secondFactorStepQuery = queryOptions({
  queryKey: ['second-factor-step'],
  queryFn: ({ signal }) => call(getSecondFactorStep, {}, { signal }),
  gcTime: 0,
})

export function SignInPage() {
  const m = useMessages()
  const { data: ways } = useQuery(waysInQuery)
  const { oidc } = useSearch({ from: '/outside/sign-in' })
  const [due, setDue] = useState<SecondFactorNeeded>()
  const [problem, setProblem] = useState<unknown>()
  const enter = useEnter()
  const navigate = useNavigate()
  const { data: begun, error } = useQuery({ ...secondFactorStepQuery, enabled: oidc === 'second-factor-needed' })
  const proceed = async (outcome: Outcome) => (outcome.kind === 'signed-in' ? enter() : setDue(outcome))
  const form = useForm({
    initial: { login: '', password: '' },
    check: ({ login, password }) => ({
      login: login.trim() === '' ? m.session.loginMissing : undefined,
      password: password === '' ? m.session.passwordMissing : undefined,
    }),
    send: async ({ login, password }) => proceed(await signIn(login, password)),
  })
  const trying = (work: () => Promise<void>) => () => {
    setProblem(undefined)
    work().catch(setProblem)
  }
  const byPasskey = trying(async () => {
    const { options } = await call(startPasskeySignIn, {})
    const response = await askForPasskey(options)
    await proceed(await call(signInWithPasskey, { body: { response } }))
  })
  const byProvider = trying(async () => {
    const { location } = await call(startOidcSignIn, {})
    window.location.assign(location)
  })
  if (due !== undefined) return <SecondFactor due={due} onDone={enter} onBack={() => setDue(undefined)} />
  if (oidc === 'second-factor-needed' && error === null) {
    if (begun?.kind !== 'second-factor-needed') return <p role="status">{m.forms.waiting}</p>
    return <SecondFactor due={begun} onDone={enter} onBack={() => void navigate({ to: '/sign-in', replace: true })} />
  }
  const outcomes = m.session.oidcOutcomes as Readonly<Record<string, string>>
  const outcome = error === null ? outcomes[oidc ?? ''] : outcomes.expired
  return (
    <Page title={m.session.signInTitle} lead={ways?.practiceName} isNarrow beginsInField>
      {outcome !== undefined && (
        <p className="refusal" role="alert">
          {outcome}
        </p>
      )}
      {problem !== undefined && <ProblemBox problem={problem} />}
      <FormBox form={form} action={m.session.signIn}>
        <TextField form={form} name="login" label={m.session.login} autoComplete="username" />
        <SecretField form={form} name="password" label={m.session.password} autoComplete="current-password" />
      </FormBox>
      {(hasPasskeys || ways?.oidc !== undefined) && (
        <div className="other-way">
          <p>{m.session.or}</p>
          <div className="actions">
            {hasPasskeys && (
              <Button variant="default" onClick={byPasskey}>
                {m.session.signInWithPasskey}
              </Button>
            )}
            {ways?.oidc !== undefined && (
              <Button variant="default" onClick={byProvider}>
                {m.session.signInWith(ways.oidc.label)}
              </Button>
            )}
          </div>
        </div>
      )}
      {ways?.sampleAccounts === undefined ? (
        <details className="more">
          <summary>{m.session.lostTitle}</summary>
          <p>{m.session.lostWhat}</p>
        </details>
      ) : (
        <section className="other-way" aria-labelledby="sample-accounts">
          <h2 id="sample-accounts">{m.session.sampleTitle}</h2>
          <div className="actions">
            {ways.sampleAccounts.map(({ role, login, password }) => (
              <Button key={login} variant="default" onClick={trying(async () => proceed(await signIn(login, password)))}>
                {m.people.roles[role]}
              </Button>
            ))}
          </div>
          <p>
            <Link to="/set-up">{m.session.sampleOwn}</Link>
          </p>
        </section>
      )}
    </Page>
  )
}

function SecondFactor({
  due,
  onDone,
  onBack,
}: {
  readonly due: SecondFactorNeeded
  readonly onDone: () => Promise<void>
  readonly onBack?: () => void
}) {
  const m = useMessages()
  const hasCode = due.factors.includes('totp')
  const [kind, setKind] = useState<'totp' | 'recovery-code'>(hasCode ? 'totp' : 'recovery-code')
  const [problem, setProblem] = useState<unknown>()
  const form = useForm({
    initial: { code: '' },
    check: ({ code }) => ({
      code:
        kind === 'totp' && !/^\s*\d{3}\s?\d{3}\s*$/.test(code)
          ? m.session.codeShape
          : code.trim() === ''
            ? m.session.codeMissing
            : undefined,
    }),
    send: async ({ code }) => {
      await call(signInWithSecondFactor, { body: { kind, code: code.replaceAll(/\s/g, '') } })
      await onDone()
    },
  })
  const byPasskey = async () => {
    setProblem(undefined)
    try {
      const response = await askForPasskey(due.passkeyOptions ?? {})
      await call(signInWithSecondFactor, { body: { kind: 'passkey', response } })
      await onDone()
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Page
      title={m.session.secondTitle}
      lead={hasCode ? m.session.secondLead : m.session.secondLeadPasskey}
      isNarrow
      beginsInField={hasCode}
    >
      {problem !== undefined && <ProblemBox problem={problem} />}
      {due.passkeyOptions !== undefined && hasPasskeys && (
        <p>
          <Button onClick={() => void byPasskey()}>{m.session.usePasskey}</Button>
        </p>
      )}
      <FormBox
        form={form}
        action={m.session.confirm}
        beside={
          onBack !== undefined && (
            <Button variant="default" onClick={onBack}>
              {m.forms.back}
            </Button>
          )
        }
      >
        {kind === 'totp' ? (
          <TextField
            form={form}
            name="code"
            label={m.session.code}
            autoComplete="one-time-code"
            inputMode="numeric"
            className="short"
          />
        ) : (
          <TextField form={form} name="code" label={m.session.recoveryCode} hint={m.session.recoveryCodeHint} />
        )}
      </FormBox>
      {hasCode && (
        <button
          type="button"
          className="link"
          onClick={() => {
            setKind(kind === 'totp' ? 'recovery-code' : 'totp')
            form.reset()
          }}
        >
          {kind === 'totp' ? m.session.useRecoveryCode : m.session.useCode}
        </button>
      )}
    </Page>
  )
}

/** Goes on where one was. */
export function useEnter(): () => Promise<void> {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { from } = useSearch({ strict: false }) as { readonly from?: string }
  return async () => {
    queries.clear()
    setStanding({ isLocked: false })
    claimDrafts((await queries.fetchQuery(meQuery)).account.id)
    await navigate({ to: from?.startsWith('/') === true && !from.startsWith('//') ? from : '/', replace: true })
  }
}
