/** Inputs of a form: label, hint, error, tied together for those who hear the page. What is not marked as optional is needed. */
import { Checkbox, NativeSelect, PasswordInput, Radio, Textarea, TextInput } from '@mantine/core'
import type { HTMLInputAutoCompleteAttribute, ReactNode } from 'react'
import { useMessages } from '#messages'
import { type Form, type FormValues, fieldId } from './use-form.ts'

type NameOf<V, T> = { [Name in keyof V & string]: V[Name] extends T ? Name : never }[keyof V & string]

interface FieldProps<V extends FormValues, T> {
  readonly form: Form<V>
  readonly name: NameOf<V, T>
  readonly label: string
  readonly hint?: ReactNode
  readonly isOptional?: boolean
  readonly autoComplete?: HTMLInputAutoCompleteAttribute
  readonly className?: string
}

export function TextField<V extends FormValues>({
  type = 'text',
  inputMode,
  lengthMax,
  ...props
}: FieldProps<V, string> & {
  readonly type?: 'text' | 'email' | 'tel' | 'date' | 'time' | 'datetime-local'
  readonly inputMode?: 'numeric' | 'text'
  readonly lengthMax?: number
}) {
  return (
    <TextInput
      {...useText(props)}
      type={type}
      spellCheck={false}
      {...(inputMode === undefined ? {} : { inputMode })}
      {...(lengthMax === undefined ? {} : { maxLength: lengthMax })}
    />
  )
}

export function SecretField<V extends FormValues>(props: FieldProps<V, string>) {
  const m = useMessages()
  return <PasswordInput {...useText(props)} visibilityToggleButtonProps={{ 'aria-label': m.forms.showOrHide, tabIndex: 0 }} />
}

export function LongTextField<V extends FormValues>({ rows = 3, ...props }: FieldProps<V, string> & { readonly rows?: number }) {
  return <Textarea {...useText(props)} rows={rows} />
}

export function ChoiceField<V extends FormValues>({
  choices,
  ...props
}: FieldProps<V, string> & { readonly choices: readonly { readonly value: string; readonly label: string }[] }) {
  return <NativeSelect {...useText(props)} data={[...choices]} />
}

/** A few choices that deserve a sentence each. */
export function RadioField<V extends FormValues>({
  form,
  name,
  label,
  hint,
  choices,
}: FieldProps<V, string> & {
  readonly choices: readonly { readonly value: string; readonly label: string; readonly hint?: ReactNode }[]
}) {
  return (
    <Radio.Group
      id={fieldId(form, name)}
      label={label}
      description={hint}
      error={form.errorOf(name)}
      value={form.values[name] as string}
      onChange={(value) => form.set(name, value as V[typeof name])}
    >
      <div className="choices">
        {choices.map((choice) => (
          <Radio key={choice.value} value={choice.value} label={choice.label} description={choice.hint} />
        ))}
      </div>
    </Radio.Group>
  )
}

export function TickField<V extends FormValues>({ form, name, label, hint }: FieldProps<V, boolean>) {
  return (
    <Checkbox
      id={fieldId(form, name)}
      label={label}
      description={hint}
      error={form.errorOf(name)}
      checked={form.values[name] as boolean}
      onChange={(event) => form.set(name, event.currentTarget.checked as V[typeof name])}
      onBlur={(event) => form.leave(name, event.relatedTarget)}
    />
  )
}

function useText<V extends FormValues>({
  form,
  name,
  label,
  hint,
  isOptional,
  autoComplete = 'off',
  className,
}: FieldProps<V, string>) {
  const m = useMessages()
  return {
    id: fieldId(form, name),
    name,
    label: isOptional === true ? m.forms.optional(label) : label,
    description: hint,
    error: form.errorOf(name),
    value: form.values[name] as string,
    autoComplete,
    className,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      form.set(name, event.currentTarget.value as V[typeof name]),
    onBlur: (event: { readonly relatedTarget: EventTarget | null }) => form.leave(name, event.relatedTarget),
  }
}
