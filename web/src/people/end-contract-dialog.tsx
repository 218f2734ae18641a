/** Ending a contract: what it does and what it does not do, then the last day. It can be taken back. */
import { changePracticeRole, type PracticeRole, type Practitioner } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { call } from '#api'
import { Dialog, FormBox, TextField, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { peopleQuery } from './queries.ts'
import { useContractWords } from './use-contract-words.ts'

export function EndContractDialog({
  practitioner,
  contract,
  onDone,
  onClose,
}: {
  readonly practitioner: Practitioner
  readonly contract: PracticeRole
  readonly onDone: () => Promise<unknown>
  readonly onClose: () => void
}) {
  const m = useMessages()
  const format = useFormat()
  const inWords = useContractWords()
  const { data: people } = useQuery(peopleQuery)
  const account = people?.accounts.find(({ practitionerId, state }) => practitionerId === practitioner.id && state !== 'disabled')
  const { id: roleId, status, fromOn } = contract
  const form = useForm({
    initial: { toOn: todayIso() },
    check: ({ toOn }) => ({
      toOn: toOn === '' ? m.people.toOnMissing : toOn < fromOn ? m.people.toOnBefore : undefined,
    }),
    send: async ({ toOn }, key) => {
      const params = { practitionerId: practitioner.id, roleId }
      await call(changePracticeRole, { params, body: { status, fromOn, toOn } }, { key })
      await onDone()
      onClose()
    },
  })
  const { toOn } = form.values
  return (
    <Dialog title={m.people.endContractTitle(`${practitioner.givenName} ${practitioner.familyName}`)} onClose={onClose}>
      <p>{inWords(contract)}</p>
      <ul className="plain">
        {m.people.endContractDoes.map((each) => (
          <li key={each}>{each}</li>
        ))}
        {account !== undefined && <li>{m.people.endContractAccount(account.displayName)}</li>}
      </ul>
      <FormBox
        form={form}
        action={toOn === '' ? m.people.endContract : m.people.endContractOn(format.day(toOn))}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <TextField form={form} name="toOn" label={m.people.lastDay} hint={m.people.lastDayHint} type="date" className="short" />
      </FormBox>
    </Dialog>
  )
}
