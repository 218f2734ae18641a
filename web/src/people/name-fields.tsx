/** A practitioner's name and RPPS number. */
import { type FieldErrors, type Form, type FormValues, TextField } from '#forms'
import { type Messages, useMessages } from '#messages'

export type NameValues = { givenName: string; familyName: string; rpps: string }

export function NameFields<V extends FormValues & NameValues>({ form }: { readonly form: Form<V> }) {
  const m = useMessages()
  const fields = form as unknown as Form<NameValues>
  return (
    <>
      <div className="side-by-side">
        <TextField form={fields} name="givenName" label={m.people.givenName} lengthMax={100} />
        <TextField form={fields} name="familyName" label={m.people.familyName} lengthMax={100} />
      </div>
      <TextField form={fields} name="rpps" label={m.people.rpps} hint={m.people.rppsHint} inputMode="numeric" isOptional />
    </>
  )
}

export function checkNames({ givenName, familyName, rpps }: NameValues, m: Messages): FieldErrors<NameValues> {
  return {
    givenName: givenName.trim() === '' ? m.people.givenNameMissing : undefined,
    familyName: familyName.trim() === '' ? m.people.familyNameMissing : undefined,
    rpps: /^(\d{11})?$/.test(rpps.replaceAll(/\s/g, '')) ? undefined : m.people.rppsWrong,
  }
}

/** Null: there is none. */
export function rppsOf(typed: string): string | null {
  const digits = typed.replaceAll(/\s/g, '')
  return digits === '' ? null : digits
}
