/** The form around its fields: what is wrong on top, where the reader is taken; the button below. */
import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useMessages } from '#messages'
import { ProblemNote } from './problem-note.tsx'
import { type Form, type FormValues, fieldId } from './use-form.ts'

export function FormBox<V extends FormValues>({
  form,
  action,
  children,
  beside,
  label,
  labelOf,
}: {
  readonly form: Form<V>
  /** what the button does, a verb */
  readonly action: string
  readonly children: ReactNode
  /** other buttons */
  readonly beside?: ReactNode
  readonly label?: string
  /** what a field is called, where its error does not say it */
  readonly labelOf?: (name: string) => string | undefined
}) {
  const m = useMessages()
  return (
    <form className="form" noValidate onSubmit={form.submit} aria-label={label}>
      <Refusal form={form} labelOf={labelOf} />
      {form.isDraft && (
        <p className="note" role="status">
          {m.forms.draftBack}{' '}
          <button type="button" className="link" onClick={() => form.reset()}>
            {m.forms.draftDrop}
          </button>
        </p>
      )}
      {children}
      <div className="actions">
        <Button type="submit" loading={form.isSending} loaderProps={{ type: 'dots' }}>
          {action}
        </Button>
        {beside}
      </div>
    </form>
  )
}

function Refusal<V extends FormValues>({
  form,
  labelOf,
}: {
  readonly form: Form<V>
  readonly labelOf: ((name: string) => string | undefined) | undefined
}) {
  const m = useMessages()
  const box = useRef<HTMLDivElement>(null)
  const { refusals, summary, problem } = form
  useEffect(() => {
    if (refusals > 0) box.current?.focus()
  }, [refusals])
  if (summary.length === 0 && problem === undefined) return null
  return (
    <div ref={box} tabIndex={-1} className="refusal" role="alert">
      {problem !== undefined && <ProblemNote problem={problem} />}
      {summary.length > 0 && (
        <>
          <p className="refusal-title">{m.forms.toMend(summary.length)}</p>
          <ul>
            {summary.map(({ name, text }) => {
              const label = labelOf?.(name)
              return (
                <li key={name}>
                  <a href={`#${fieldId(form, name)}`} onClick={(event) => focusField(event, fieldId(form, name))}>
                    {label ?? text}
                  </a>
                  {label !== undefined && <> {text}</>}
                </li>
              )
            })}
          </ul>
        </>
      )}
    </div>
  )
}

function focusField(event: { preventDefault: () => void }, id: string): void {
  event.preventDefault()
  const field = document.getElementById(id)
  const input = field?.matches('input, select, textarea') ? field : field?.querySelector<HTMLElement>('input')
  input?.focus()
}
