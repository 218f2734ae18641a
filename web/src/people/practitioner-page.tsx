/** One practitioner: name and RPPS number, contracts and their ends, the account. Nobody is deleted: patients' records name them. */
import { changePractitioner, type Practitioner } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { FormBox, ProblemBox, useForm } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { useMay } from '#session'
import { Page, Section } from '#shell'
import { ContractList } from './contract-list.tsx'
import { hasLeft, mainContract } from './contracts.ts'
import { checkNames, NameFields, rppsOf } from './name-fields.tsx'
import { peopleQuery, practitionersQuery } from './queries.ts'
import { useContractWords } from './use-contract-words.ts'

export function PractitionerPage() {
  const m = useMessages()
  const { practitionerId } = useParams({ from: '/inside/people/practitioners/$practitionerId' })
  const { data, error } = useQuery(practitionersQuery)
  const inWords = useContractWords()
  const mayChange = useMay('people.write')
  const practitioner = data?.practitioners.find(({ id }) => id === practitionerId)
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return null
  if (practitioner === undefined)
    return (
      <Page title={m.people.practitionerNotThere}>
        <Link to="/people">{m.people.backToAll}</Link>
      </Page>
    )
  const contract = mainContract(practitioner, todayIso())
  return (
    <Page
      title={`${practitioner.givenName} ${practitioner.familyName}`}
      lead={contract === undefined ? undefined : inWords(contract)}
    >
      <p>
        <Link to="/people">{m.people.backToAll}</Link>
      </p>
      <Section title={m.people.contractsTitle}>
        <ContractList practitioner={practitioner} mayChange={mayChange} />
      </Section>
      <Section title={m.people.practitionerAccountTitle}>
        <AccountOf practitioner={practitioner} mayChange={mayChange} />
      </Section>
      {mayChange && (
        <Section title={m.people.practitionerWhoTitle}>
          <NamesForm key={practitioner.id} practitioner={practitioner} />
        </Section>
      )}
    </Page>
  )
}

function NamesForm({ practitioner }: { readonly practitioner: Practitioner }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isSaved, setIsSaved] = useState(false)
  const form = useForm({
    initial: { givenName: practitioner.givenName, familyName: practitioner.familyName, rpps: practitioner.rpps ?? '' },
    draft: `practitioner ${practitioner.id}`,
    check: checkNames,
    send: async ({ givenName, familyName, rpps }, key) => {
      setIsSaved(false)
      const isSameNumber = (practitioner.rpps ?? null) === rppsOf(rpps)
      const body = {
        givenName: givenName.trim(),
        familyName: familyName.trim(),
        ...(isSameNumber ? {} : { rpps: rppsOf(rpps) }),
      }
      await call(changePractitioner, { params: { practitionerId: practitioner.id }, body }, { key })
      await queries.invalidateQueries(practitionersQuery)
      setIsSaved(true)
    },
  })
  return (
    <>
      <FormBox form={form} action={m.forms.save} label={m.people.practitionerWhoTitle}>
        <NameFields form={form} />
      </FormBox>
      <p role="status">{isSaved && !form.isChanged && m.forms.saved}</p>
    </>
  )
}

/** Whoever has left and can still sign in is said. */
function AccountOf({ practitioner, mayChange }: { readonly practitioner: Practitioner; readonly mayChange: boolean }) {
  const m = useMessages()
  const { data } = useQuery(peopleQuery)
  const accounts = data?.accounts.filter(({ practitionerId }) => practitionerId === practitioner.id) ?? []
  const isGone = hasLeft(practitioner, todayIso())
  if (accounts.length === 0) return <p>{m.people.practitionerHasNoAccount}</p>
  return (
    <>
      {isGone && accounts.some(({ state }) => state !== 'disabled') && <p className="note">{m.people.accountStillOpen}</p>}
      <ul className="people">
        {accounts.map(({ id, displayName, role, state }) => (
          <li key={id} data-state={state}>
            {mayChange ? (
              <Link to="/people/$accountId" params={{ accountId: id }}>
                {displayName}
              </Link>
            ) : (
              <strong>{displayName}</strong>
            )}
            <span>{m.people.roles[role]}</span>
            <span>{m.people.states[state]}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
