/** Who practises or has practised here, under which contract. */
import { addPractitioner, PRACTICE_ROLE_STATUSES } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ChoiceField, Dialog, FormBox, ProblemBox, TextField, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { useMay } from '#session'
import { Section } from '#shell'
import { practitionersQuery } from './queries.ts'

export function Practitioners() {
  const m = useMessages()
  const format = useFormat()
  const { data, error } = useQuery(practitionersQuery)
  const mayAdd = useMay('people.write')
  const [isAdding, setIsAdding] = useState(false)
  return (
    <Section title={m.people.practitionersTitle}>
      {error !== null && <ProblemBox problem={error} />}
      {data?.practitioners.length === 0 && <p>{m.people.noPractitioners}</p>}
      <ul className="people">
        {data?.practitioners.map(({ id, givenName, familyName, rpps, roles }) => (
          <li key={id}>
            <strong>{`${givenName} ${familyName}`}</strong>
            {rpps !== undefined && <span>{m.people.rppsIs(rpps)}</span>}
            {roles.map((role) => (
              <span key={role.id}>
                {m.people.contract(
                  m.people.contracts[role.status],
                  format.day(role.fromOn),
                  role.toOn === undefined ? undefined : format.day(role.toOn),
                )}
              </span>
            ))}
          </li>
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

function AddDialog({ onClose }: { readonly onClose: () => void }) {
  const m = useMessages()
  const queries = useQueryClient()
  const form = useForm({
    initial: { givenName: '', familyName: '', rpps: '', status: 'titulaire', fromOn: '' },
    draft: 'practitioner',
    check: ({ givenName, familyName, rpps, fromOn }) => ({
      givenName: givenName.trim() === '' ? m.people.givenNameMissing : undefined,
      familyName: familyName.trim() === '' ? m.people.familyNameMissing : undefined,
      rpps: rpps.trim() === '' || /^\d{11}$/.test(rpps.replaceAll(/\s/g, '')) ? undefined : m.people.rppsWrong,
      fromOn: fromOn === '' ? m.people.fromOnMissing : undefined,
    }),
    send: async ({ givenName, familyName, rpps, status, fromOn }, key) => {
      const body = {
        givenName: givenName.trim(),
        familyName: familyName.trim(),
        role: { status: status as (typeof PRACTICE_ROLE_STATUSES)[number], fromOn },
        ...(rpps.trim() === '' ? {} : { rpps: rpps.replaceAll(/\s/g, '') }),
      }
      await call(addPractitioner, { body }, { key })
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
        <div className="side-by-side">
          <TextField form={form} name="givenName" label={m.people.givenName} lengthMax={100} />
          <TextField form={form} name="familyName" label={m.people.familyName} lengthMax={100} />
        </div>
        <TextField form={form} name="rpps" label={m.people.rpps} hint={m.people.rppsHint} isOptional />
        <ChoiceField
          form={form}
          name="status"
          label={m.people.contractLabel}
          hint={m.people.contractHint}
          choices={PRACTICE_ROLE_STATUSES.map((value) => ({ value, label: m.people.contracts[value] }))}
        />
        <TextField form={form} name="fromOn" label={m.people.fromOn} type="date" className="short" />
      </FormBox>
    </Dialog>
  )
}
