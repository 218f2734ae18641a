/** Somebody was invited: they choose their password. The secret stands after the `#`, which browsers do not send. */
import { acceptInvitation, lookAtInvitation } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { checkNewPassword, FormBox, NewPasswordFields, ProblemBox, useForm } from '#forms'
import { useMessages } from '#messages'
import { Page } from '#shell'

export function InvitationPage() {
  const m = useMessages()
  const navigate = useNavigate()
  const [secret] = useState(() => window.location.hash.slice(1))
  const [isDone, setIsDone] = useState(false)
  const { data: invitation, error } = useQuery({
    queryKey: ['invitation', secret],
    queryFn: ({ signal }) => call(lookAtInvitation, { body: { secret } }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const form = useForm({
    initial: { newPassword: '', again: '' },
    check: checkNewPassword,
    fieldOf: (path) => (path === 'password' ? 'newPassword' : path),
    send: async ({ newPassword }, key) => {
      await call(acceptInvitation, { body: { secret, password: newPassword } }, { key })
      setIsDone(true)
    },
  })
  if (error !== null)
    return (
      <Page title={m.people.invitationTitle} isNarrow>
        <ProblemBox problem={error} />
        <p>{m.people.invitationGone}</p>
      </Page>
    )
  if (invitation === undefined) return <p role="status">{m.forms.waiting}</p>
  if (isDone)
    return (
      <Page title={m.people.invitationDone} lead={m.people.invitationNext(invitation.login)} isNarrow>
        <Button onClick={() => void navigate({ to: '/sign-in' })}>{m.session.signIn}</Button>
      </Page>
    )
  return (
    <Page title={m.people.welcome(invitation.displayName)} lead={m.people.invitationLead(invitation.practiceName)} isNarrow>
      <dl className="facts">
        <div>
          <dt>{m.session.login}</dt>
          <dd>
            <code>{invitation.login}</code>
          </dd>
        </div>
      </dl>
      <FormBox form={form} action={m.people.choosePassword}>
        <input type="text" name="username" autoComplete="username" value={invitation.login} readOnly hidden />
        <NewPasswordFields form={form} label={m.session.password} />
      </FormBox>
    </Page>
  )
}
