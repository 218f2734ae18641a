/** Which practitioner an account is: fills in who performed an act, and what Pro Santé Connect compares. Nothing while there is none. */
import { useQuery } from '@tanstack/react-query'
import { ChoiceField, type Form, type FormValues } from '#forms'
import { useMessages } from '#messages'
import { practitionersQuery } from './queries.ts'

export function PractitionerChoice<V extends FormValues & { practitionerId: string }>({ form }: { readonly form: Form<V> }) {
  const m = useMessages()
  const { data } = useQuery(practitionersQuery)
  if (data === undefined || data.practitioners.length === 0) return null
  return (
    <ChoiceField
      form={form as unknown as Form<{ practitionerId: string }>}
      name="practitionerId"
      label={m.people.isPractitioner}
      hint={m.people.isPractitionerHint}
      choices={[
        { value: '', label: m.people.isNoPractitioner },
        ...data.practitioners.map(({ id, givenName, familyName }) => ({ value: id, label: `${givenName} ${familyName}` })),
      ]}
    />
  )
}
