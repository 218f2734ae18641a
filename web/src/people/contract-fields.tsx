/** A contract: which, from when, until when. */
import { type addPracticeRole, PRACTICE_ROLE_STATUSES } from '@couronne/practice/contract'
import type { z } from 'zod'
import { ChoiceField, type FieldErrors, type Form, type FormValues, TextField } from '#forms'
import { type Messages, useMessages } from '#messages'

export type ContractValues = { status: string; fromOn: string; toOn: string }

export function ContractFields<V extends FormValues & ContractValues>({ form }: { readonly form: Form<V> }) {
  const m = useMessages()
  const fields = form as unknown as Form<ContractValues>
  return (
    <>
      <ChoiceField
        form={fields}
        name="status"
        label={m.people.contractLabel}
        hint={m.people.contractHint}
        choices={PRACTICE_ROLE_STATUSES.map((value) => ({ value, label: m.people.contracts[value] }))}
      />
      <div className="side-by-side">
        <TextField form={fields} name="fromOn" label={m.people.fromOn} type="date" className="short" />
        <TextField form={fields} name="toOn" label={m.people.toOn} type="date" className="short" isOptional />
      </div>
    </>
  )
}

export function checkContract({ fromOn, toOn }: ContractValues, m: Messages): FieldErrors<ContractValues> {
  return {
    fromOn: fromOn === '' ? m.people.fromOnMissing : undefined,
    toOn: toOn !== '' && toOn < fromOn ? m.people.toOnBefore : undefined,
  }
}

export function factsOfContract({ status, fromOn, toOn }: ContractValues): z.input<(typeof addPracticeRole)['body']> {
  const facts = { status: status as (typeof PRACTICE_ROLE_STATUSES)[number], fromOn }
  return toOn === '' ? facts : { ...facts, toOn }
}
