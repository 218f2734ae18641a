/** One account: role, state, a new link, where it is signed in. */
import {
  type accountSchema,
  activatePerson,
  changePerson,
  disablePerson,
  endSessionOf,
  endSessionsOf,
  inviteAgain,
  ROLES,
  type Role,
} from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { call } from '#api'
import { ChoiceField, ConfirmByName, FormBox, ProblemBox, TextField, TickField, useForm } from '#forms'
import { useMessages } from '#messages'
import { Page, Section } from '#shell'
import { InvitationLink } from './invitation-link.tsx'
import { PractitionerChoice } from './practitioner-choice.tsx'
import { peopleQuery, sessionsOfQuery } from './queries.ts'
import { SessionList } from './session-list.tsx'

type Account = z.output<typeof accountSchema>

export function PersonPage() {
  const m = useMessages()
  const { accountId } = useParams({ from: '/inside/people/$accountId' })
  const { data, error } = useQuery(peopleQuery)
  const account = data?.accounts.find(({ id }) => id === accountId)
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return null
  if (account === undefined)
    return (
      <Page title={m.people.notThere}>
        <Link to="/people">{m.people.backToAll}</Link>
      </Page>
    )
  return (
    <Page title={account.displayName} lead={`${m.people.roles[account.role]} · ${m.people.states[account.state]}`}>
      <p>
        <Link to="/people">{m.people.backToAll}</Link>
      </p>
      {account.practitionerId !== undefined && (
        <p>
          <Link to="/people/practitioners/$practitionerId" params={{ practitionerId: account.practitionerId }}>
            {m.people.contractsTitle}
          </Link>
        </p>
      )}
      <Section title={m.people.whoTitle}>
        <PersonForm key={account.id} account={account} />
      </Section>
      {account.state !== 'disabled' && (
        <>
          <Section title={m.people.newLinkTitle}>
            <NewLink account={account} />
          </Section>
          <Section title={m.people.sessionsTitle}>
            <SessionsOf accountId={account.id} />
          </Section>
        </>
      )}
      <Section title={m.people.closeTitle}>
        <OpenOrClosed account={account} />
      </Section>
    </Page>
  )
}

function PersonForm({ account }: { readonly account: Account }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isSaved, setIsSaved] = useState(false)
  const form = useForm({
    initial: {
      displayName: account.displayName,
      email: account.email ?? '',
      role: account.role as string,
      practitionerId: account.practitionerId ?? '',
    },
    draft: `account ${account.id}`,
    check: (values) => ({ displayName: values.displayName.trim() === '' ? m.people.displayNameMissing : undefined }),
    send: async ({ displayName, email, role, practitionerId }, key) => {
      setIsSaved(false)
      const body = {
        displayName: displayName.trim(),
        email: email.trim() === '' ? null : email.trim(),
        role: role as Role,
        practitionerId: practitionerId === '' ? null : practitionerId,
      }
      await call(changePerson, { params: { accountId: account.id }, body }, { key })
      await queries.invalidateQueries(peopleQuery)
      setIsSaved(true)
    },
  })
  return (
    <>
      <FormBox form={form} action={m.forms.save}>
        <TextField form={form} name="displayName" label={m.people.displayName} lengthMax={100} />
        <TextField form={form} name="email" label={m.people.email} type="email" isOptional />
        <ChoiceField
          form={form}
          name="role"
          label={m.people.role}
          hint={m.people.roleMay[form.values.role as Role]}
          choices={ROLES.map((value) => ({ value, label: m.people.roles[value] }))}
        />
        <PractitionerChoice form={form} />
      </FormBox>
      <p role="status">{isSaved && !form.isChanged && m.forms.saved}</p>
    </>
  )
}

function NewLink({ account }: { readonly account: Account }) {
  const m = useMessages()
  const [made, setMade] = useState<{ readonly secret: string; readonly endsAt: string }>()
  const form = useForm({
    initial: { removesSecondFactors: false },
    send: async (body, key) => setMade(await call(inviteAgain, { params: { accountId: account.id }, body }, { key })),
  })
  if (made !== undefined) return <InvitationLink secret={made.secret} endsAt={made.endsAt} />
  return (
    <FormBox form={form} action={m.people.newLink}>
      <p>{m.people.newLinkLead}</p>
      <TickField form={form} name="removesSecondFactors" label={m.people.removesSecond} hint={m.people.removesSecondHint} />
    </FormBox>
  )
}

function SessionsOf({ accountId }: { readonly accountId: string }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { data, error } = useQuery(sessionsOfQuery(accountId))
  const refresh = () => queries.invalidateQueries(sessionsOfQuery(accountId))
  const endAll = useMutation({ mutationFn: () => call(endSessionsOf, { params: { accountId } }), onSuccess: refresh })
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return null
  return (
    <>
      <SessionList
        sessions={data.sessions}
        onEnd={async (sessionId) => {
          await call(endSessionOf, { params: { accountId, sessionId } })
          await refresh()
        }}
      />
      {endAll.error !== null && <ProblemBox problem={endAll.error} />}
      {data.sessions.length > 1 && (
        <Button variant="default" loading={endAll.isPending} onClick={() => endAll.mutate()}>
          {m.people.endAllSessions}
        </Button>
      )}
    </>
  )
}

function OpenOrClosed({ account }: { readonly account: Account }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const params = { accountId: account.id }
  const refresh = () => queries.invalidateQueries(peopleQuery)
  const activate = useMutation({ mutationFn: () => call(activatePerson, { params }), onSuccess: refresh })
  if (account.state === 'disabled')
    return (
      <>
        {activate.error !== null && <ProblemBox problem={activate.error} />}
        <p>{m.people.isClosed}</p>
        <Button loading={activate.isPending} onClick={() => activate.mutate()}>
          {m.people.openAgain}
        </Button>
      </>
    )
  return (
    <>
      <p>{m.people.closeLead}</p>
      <Button variant="default" onClick={() => setIsAsking(true)}>
        {m.people.close}
      </Button>
      {isAsking && (
        <ConfirmByName
          title={m.people.close}
          name={account.displayName}
          loss={
            <ul className="plain">
              {m.people.closeLoss.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          }
          action={m.people.close}
          onConfirm={async (key) => {
            await call(disablePerson, { params }, { key })
            await refresh()
          }}
          onClose={() => setIsAsking(false)}
        />
      )}
    </>
  )
}
