/** One's own account: name, password, second factors, where one is signed in. */
import { changeMe, changeMyPassword } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { checkNewPassword, FormBox, NewPasswordFields, SecretField, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { meQuery } from '#session'
import { Page, Section } from '#shell'
import { MySessions } from './my-sessions.tsx'
import { Passkeys } from './passkeys.tsx'
import { LinkOutcome, ProviderLink } from './provider-link.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { Tokens } from './tokens.tsx'
import { Totp } from './totp.tsx'

export function AccountPage() {
  const m = useMessages()
  const { data: me } = useQuery(meQuery)
  const { oidc } = useSearch({ from: '/inside/account' })
  if (me === undefined) return null
  return (
    <Page title={m.people.accountTitle} lead={m.people.accountLead(m.people.roles[me.account.role])}>
      {oidc !== undefined && <LinkOutcome outcome={oidc} />}
      <Section title={m.people.whoTitle}>
        <WhoForm displayName={me.account.displayName} email={me.account.email ?? ''} />
      </Section>
      <Section title={m.people.passwordTitle}>
        <PasswordForm login={me.account.login} />
      </Section>
      <Section title={m.people.secondTitle} id="second-factor">
        <p>{m.people.secondLead}</p>
        <Passkeys />
        <Totp hasTotp={me.secondFactors.hasTotp} />
      </Section>
      <Section title={m.people.codesTitle} id="recovery-codes">
        <RecoveryCodes left={me.secondFactors.recoveryCodesLeft} />
      </Section>
      <ProviderLink isLinked={me.isOidcLinked} />
      <Tokens />
      <Section title={m.people.sessionsTitle}>
        <MySessions />
      </Section>
    </Page>
  )
}

function WhoForm({ displayName, email }: { readonly displayName: string; readonly email: string }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isSaved, setIsSaved] = useState(false)
  const form = useForm({
    initial: { displayName, email },
    draft: 'my account',
    check: (values) => ({
      displayName: values.displayName.trim() === '' ? m.people.displayNameMissing : undefined,
      email:
        values.email.trim() === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(values.email.trim()) ? undefined : m.forms.emailWrong,
    }),
    send: async (values, key) => {
      setIsSaved(false)
      const body = { displayName: values.displayName.trim(), email: values.email.trim() === '' ? null : values.email.trim() }
      queries.setQueryData(meQuery.queryKey, await call(changeMe, { body }, { key }))
      setIsSaved(true)
    },
  })
  return (
    <>
      <FormBox form={form} action={m.forms.save} label={m.people.whoTitle}>
        <TextField
          form={form}
          name="displayName"
          label={m.people.displayName}
          hint={m.people.displayNameHint}
          autoComplete="name"
        />
        <TextField form={form} name="email" label={m.people.email} type="email" isOptional autoComplete="email" />
      </FormBox>
      <p role="status">{isSaved && !form.isChanged && m.forms.saved}</p>
    </>
  )
}

function PasswordForm({ login }: { readonly login: string }) {
  const m = useMessages()
  const [isSaved, setIsSaved] = useState(false)
  const empty = { password: '', newPassword: '', again: '' }
  const form = useForm({
    initial: empty,
    check: ({ password, ...chosen }, words) => ({
      password: password === '' ? words.session.passwordMissing : undefined,
      ...checkNewPassword(chosen, words),
    }),
    send: async ({ password, newPassword }, key) => {
      setIsSaved(false)
      await call(changeMyPassword, { body: { password, newPassword } }, { key })
      form.reset(empty)
      setIsSaved(true)
    },
  })
  return (
    <>
      <FormBox form={form} action={m.people.changePassword} label={m.people.passwordTitle}>
        {/* So that password managers know whose it is. */}
        <input type="text" name="username" autoComplete="username" value={login} readOnly hidden />
        <SecretField form={form} name="password" label={m.people.oldPassword} autoComplete="current-password" />
        <NewPasswordFields form={form} label={m.people.newPassword} />
      </FormBox>
      <p role="status">{isSaved && m.people.passwordChanged}</p>
    </>
  )
}
