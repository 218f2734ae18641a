/** Everybody's accounts; inviting somebody. */
import { type accountSchema, invitePerson, ROLES, type Role } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { call } from '#api'
import { ChoiceField, Dialog, FormBox, ProblemBox, TextField, useForm } from '#forms'
import { LANGUAGES, type Language, useMessages, useSpeech } from '#messages'
import { useMay } from '#session'
import { Page, Section } from '#shell'
import { InvitationLink } from './invitation-link.tsx'
import { PractitionerChoice } from './practitioner-choice.tsx'
import { Practitioners } from './practitioners.tsx'
import { peopleQuery } from './queries.ts'

type Account = z.output<typeof accountSchema>

export function PeoplePage() {
  const m = useMessages()
  const { data, error } = useQuery(peopleQuery)
  const mayInvite = useMay('people.write')
  const [isInviting, setIsInviting] = useState(false)
  return (
    <Page title={m.people.title} lead={m.people.lead}>
      {error !== null && <ProblemBox problem={error} />}
      {mayInvite && (
        <p>
          <Button onClick={() => setIsInviting(true)}>{m.people.invite}</Button>
        </p>
      )}
      <Section title={m.people.accountsTitle}>
        <ul className="people">
          {data?.accounts.map((account) => (
            <PersonLine key={account.id} account={account} isOpen={mayInvite} />
          ))}
        </ul>
      </Section>
      <Section title={m.people.rightsTitle}>
        <dl className="facts">
          {ROLES.map((role) => (
            <div key={role}>
              <dt>{m.people.roles[role]}</dt>
              <dd>{m.people.roleMay[role]}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Practitioners />
      {isInviting && <InviteDialog onClose={() => setIsInviting(false)} />}
    </Page>
  )
}

function PersonLine({ account, isOpen }: { readonly account: Account; readonly isOpen: boolean }) {
  const m = useMessages()
  const { protection } = account
  return (
    <li data-state={account.state}>
      {isOpen ? (
        <Link to="/people/$accountId" params={{ accountId: account.id }}>
          {account.displayName}
        </Link>
      ) : (
        <strong>{account.displayName}</strong>
      )}
      <span>{m.people.roles[account.role]}</span>
      <span>{m.people.states[account.state]}</span>
      {protection !== undefined && account.state === 'active' && (
        <span className={protection.hasSecondFactor ? 'good' : 'bad'}>
          {protection.hasSecondFactor ? m.people.hasSecond : m.people.hasNoSecond}
        </span>
      )}
    </li>
  )
}

function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const m = useMessages()
  const { language } = useSpeech()
  const queries = useQueryClient()
  const [made, setMade] = useState<{ readonly name: string; readonly secret: string; readonly endsAt: string }>()
  const form = useForm({
    initial: { displayName: '', login: '', email: '', role: 'assistant', practitionerId: '', language },
    draft: 'invitation',
    check: (values) => ({
      displayName: values.displayName.trim() === '' ? m.people.displayNameMissing : undefined,
      login: values.login.trim().length < 2 ? m.people.loginShort : undefined,
      email:
        values.email.trim() === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(values.email.trim()) ? undefined : m.forms.emailWrong,
    }),
    send: async (values, key) => {
      const body = {
        displayName: values.displayName.trim(),
        login: values.login.trim(),
        role: values.role as Role,
        language: values.language as Language,
        ...(values.email.trim() === '' ? {} : { email: values.email.trim() }),
        ...(values.practitionerId === '' ? {} : { practitionerId: values.practitionerId }),
      }
      const { account, invitation } = await call(invitePerson, { body }, { key })
      await queries.invalidateQueries(peopleQuery)
      setMade({ name: account.displayName, ...invitation })
    },
  })
  if (made !== undefined)
    return (
      <Dialog title={m.people.invitedTitle(made.name)} onClose={onClose}>
        <InvitationLink secret={made.secret} endsAt={made.endsAt} />
      </Dialog>
    )
  return (
    <Dialog title={m.people.invite} onClose={onClose}>
      <FormBox
        form={form}
        action={m.people.inviteAction}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <TextField form={form} name="displayName" label={m.people.displayName} hint={m.people.displayNameHint} lengthMax={100} />
        <TextField form={form} name="login" label={m.session.login} hint={m.people.loginHint} lengthMax={100} />
        <TextField form={form} name="email" label={m.people.email} type="email" isOptional />
        <ChoiceField
          form={form}
          name="role"
          label={m.people.role}
          hint={m.people.roleMay[form.values.role as Role]}
          choices={ROLES.map((value) => ({ value, label: m.people.roles[value] }))}
        />
        <PractitionerChoice form={form} />
        <ChoiceField
          form={form}
          name="language"
          label={m.shell.language}
          choices={LANGUAGES.map((value) => ({ value, label: m.shell.languages[value] }))}
        />
      </FormBox>
    </Dialog>
  )
}
