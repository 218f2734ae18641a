/** A password that somebody chooses, typed twice, and what is checked of it before the server does the rest. */
import { PASSWORD_LENGTH_MIN } from '@couronne/practice/contract'
import { type Messages, useMessages } from '#messages'
import { SecretField } from './fields.tsx'
import type { Form, FormValues } from './use-form.ts'

type NewPasswordValues = { newPassword: string; again: string }

/** Two fields of a form that has `newPassword` and `again`. */
export function NewPasswordFields<V extends FormValues & NewPasswordValues>({
  form,
  label,
}: {
  readonly form: Form<V>
  readonly label: string
}) {
  const m = useMessages()
  const fields = form as unknown as Form<NewPasswordValues> // the names of V's texts are unknown here, but these two are among them
  return (
    <>
      <SecretField
        form={fields}
        name="newPassword"
        label={label}
        hint={m.forms.passwordHint(PASSWORD_LENGTH_MIN)}
        autoComplete="new-password"
      />
      <SecretField form={fields} name="again" label={m.forms.again} autoComplete="new-password" />
    </>
  )
}

/** For a form's `check`. */
export function checkNewPassword({ newPassword, again }: NewPasswordValues, m: Messages) {
  return {
    newPassword: newPassword.length < PASSWORD_LENGTH_MIN ? m.forms.passwordShort(PASSWORD_LENGTH_MIN) : undefined,
    again: again === newPassword ? undefined : m.forms.againDiffers,
  }
}
