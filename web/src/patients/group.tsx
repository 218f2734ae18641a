/** What an input of an entry's form is given, and the frame of those that hold several answers. */
import type { ReactNode } from 'react'
import { useMessages } from '#messages'
import type { FieldSpec } from './field-specs.ts'

export interface InputProps {
  readonly id: string
  readonly field: FieldSpec
  readonly value: string | boolean
  readonly onChange: (value: string | boolean) => void
  readonly onLeave?: ((to: EventTarget | null) => void) | undefined
  readonly error?: string | undefined
  /** answers other fields, where choosing this one knows what stands there */
  readonly onFill?: ((values: Readonly<Record<string, string>>) => void) | undefined
  /** whose record it is; absent for one that is not there yet */
  readonly patientId?: string | undefined
  /** of rows that are themselves optional: each need not say so */
  readonly isInside?: boolean
  /** other answers that this one is judged by */
  readonly teeth?: readonly string[] | undefined
}

/** Several answers of one question. */
export function Group({
  id,
  label,
  hint,
  error,
  isOptional = true,
  children,
}: {
  readonly id: string
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  readonly isOptional?: boolean
  readonly children: ReactNode
}) {
  const m = useMessages()
  return (
    <fieldset id={id} className="group" tabIndex={-1}>
      <legend>{isOptional ? m.forms.optional(label) : label}</legend>
      {hint !== undefined && <p className="aside">{hint}</p>}
      {error !== undefined && <p className="bad">{error}</p>}
      {children}
    </fieldset>
  )
}
