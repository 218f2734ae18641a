/** Who practises or has practised here, under which contract; each has a page. */
import { addPractitioner, changePerson, type Practitioner } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { Dialog, FormBox, ProblemBox, TickField, useForm } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { meQuery, useMay } from '#session'
import { Section } from '#shell'
import { ContractFields, checkContract, factsOfContract } from './contract-fields.tsx'
import { hasLeft } from './contracts.ts'
import { checkNames, NameFields, rppsOf } from './name-fields.tsx'
import { peopleQuery, practitionersQuery } from './queries.ts'
import { useContractWords } from './use-contract-words.ts'

export function Practitioners() {
  const m = useMessages()
  const { data, error } = useQuery(practitionersQuery)
  const mayAdd = useMay('people.write')
  const [isAdding, setIsAdding] = useState(false)
  return (
    <Section id="practitioners" title={m.people.practitionersTitle}>
      {error !== null && <ProblemBox problem={error} />}
      {data?.practitioners.length === 0 && <p>{m.people.noPractitioners}</p>}
      <ul className="people">
        {data?.practitioners.map((practitioner) => (
          <PractitionerLine key={practitioner.id} practitioner={practitioner} isOpen={mayAdd} />
        ))}
      </ul>
      {mayAdd && (
        <Button variant="default" onClick={() => setIsAdding(true)}>
          {m.people.addPractitioner}
        </Button>
      )}
      {isAdding && <AddDialog onClose={() => setIsAdding(false)} />}
    </Section>
  )
}

function PractitionerLine({ practitioner, isOpen }: { readonly practitioner: Practitioner; readonly isOpen: boolean }) {
  const m = useMessages()
  const inWords = useContractWords()
  const { id, givenName, familyName, rpps, roles } = practitioner
  const name = `${givenName} ${familyName}`
  return (
    <li data-state={hasLeft(practitioner, todayIso()) ? 'disabled' : undefined}>
      {isOpen ? (
        <Link to="/people/practitioners/$practitionerId" params={{ practitionerId: id }}>
          {name}
        </Link>
      ) : (
        <strong>{name}</strong>
      )}
      <div className="rest">
        {roles.map((role) => (
          <span key={role.id}>{inWords(role)}</span>
        ))}
        {rpps !== undefined && <span>{m.people.rppsIs(rpps)}</span>}
      </div>
    </li>
  )
}

function AddDialog({ onClose }: { readonly onClose: () => void }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { data: me } = useQuery(meQuery)
  const mayBeMe = me !== undefined && me.account.practitionerId === undefined
  const form = useForm({
    initial: { givenName: '', familyName: '', rpps: '', isMe: false, status: 'titulaire', fromOn: '', toOn: '' },
    draft: 'practitioner',
    check: (values, words) => ({ ...checkNames(values, words), ...checkContract(values, words) }),
    send: async ({ givenName, familyName, rpps, isMe, ...contract }, key) => {
      const body = {
        givenName: givenName.trim(),
        familyName: familyName.trim(),
        role: factsOfContract(contract),
        ...(rppsOf(rpps) === null ? {} : { rpps: rppsOf(rpps) as string }),
      }
      const { id } = await call(addPractitioner, { body }, { key })
      if (isMe && me !== undefined) {
        await call(changePerson, { params: { accountId: me.account.id }, body: { practitionerId: id } })
        await Promise.all([queries.invalidateQueries(meQuery), queries.invalidateQueries(peopleQuery)])
      }
      await queries.invalidateQueries(practitionersQuery)
      onClose()
    },
  })
  return (
    <Dialog title={m.people.addPractitioner} onClose={onClose}>
      <FormBox
        form={form}
        action={m.people.add}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <NameFields form={form} />
        {mayBeMe && <TickField form={form} name="isMe" label={m.people.practitionerIsMe} />}
        <ContractFields form={form} />
      </FormBox>
    </Dialog>
  )
}
