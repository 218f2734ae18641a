/** The form of an entry of any kind, drawn from its declaration; what is asked first stands first, the rest is folded away. */
import { type EntryKind, isTooth } from '@couronne/practice/contract'
import { type ReactNode, useEffect, useRef } from 'react'
import { type FieldErrors, type Form, FormBox, fieldId } from '#forms'
import { type Messages, useMessages } from '#messages'
import { FIELDS, type FieldSpec, isAsked, nameOf, type Values } from './field-specs.ts'
import { type Body, type FieldWrong, readJson, refill, wrongIn } from './field-values.ts'
import { FieldInput } from './inputs.tsx'

/** Not a field of the body: why one corrects. */
export const REASON = '_reason'

export function EntryFormBox({
  kind,
  form,
  action,
  patientId,
  above,
  below,
  beside,
  without = [],
}: {
  readonly kind: EntryKind
  readonly form: Form<Values>
  readonly action: string
  readonly patientId?: string
  readonly above?: ReactNode
  readonly below?: ReactNode
  readonly beside?: ReactNode
  /** fields that are not asked here */
  readonly without?: readonly string[]
}) {
  const m = useMessages()
  const asked = FIELDS[kind].filter((field) => isAsked(field, form.values) && !without.includes(nameOf(field)))
  const first = asked.filter(({ isMore }) => isMore !== true)
  const more = asked.filter(({ isMore }) => isMore === true)
  const isWrong = more.some((field) => form.errorOf(nameOf(field)) !== undefined)
  const input = (field: FieldSpec) => <FormField key={nameOf(field)} field={field} form={form} patientId={patientId} />
  const labelOf = (name: string) => {
    const field = asked.find((each) => nameOf(each) === name)
    return field === undefined ? undefined : m.patients.labels[field.label]
  }
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // After the dialog, which gives the focus to its first field, filled in or not.
    queueMicrotask(() => firstToFill(box.current)?.focus())
  }, [])
  return (
    <div className="entry-form" ref={box}>
      <FormBox form={form} action={action} beside={beside} labelOf={labelOf}>
        {above}
        <Pairs fields={first} input={input} />
        {more.length > 0 && (
          <details className="more" {...(isWrong ? { open: true } : {})}>
            <summary>{m.patients.moreDetails}</summary>
            <div className="entry-fields">
              <Pairs fields={more} input={input} />
            </div>
          </details>
        )}
        {below}
      </FormBox>
    </div>
  )
}

/** Where one begins to write, in a dialog; a page gives the focus to its heading. */
function firstToFill(box: HTMLElement | null): HTMLElement | undefined {
  if (box === null || box.closest('dialog') === null) return undefined
  const inputs = [...box.querySelectorAll<HTMLInputElement>('textarea, input:not([type=checkbox], [type=radio]), select')]
  return inputs.find(({ value, offsetParent }) => value === '' && offsetParent !== null) ?? inputs[0]
}

const WIDE: ReadonlySet<string> = new Set([
  'rows',
  'teeth',
  'tooth-list',
  'findings',
  'answers',
  'code',
  'long',
  'areas',
  'ticks',
  'entries',
  'patient',
])

/** Small fields stand beside each other where there is room. */
function Pairs({ fields, input }: { readonly fields: readonly FieldSpec[]; readonly input: (field: FieldSpec) => ReactNode }) {
  return (
    <div className="entry-grid">
      {fields.map((field) => (
        <div key={nameOf(field)} className={WIDE.has(field.type) ? 'wide' : undefined} hidden={field.type === 'constant'}>
          {input(field)}
        </div>
      ))}
    </div>
  )
}

function FormField({
  field,
  form,
  patientId,
}: {
  readonly field: FieldSpec
  readonly form: Form<Values>
  readonly patientId?: string | undefined
}) {
  const name = nameOf(field)
  // Who is linked when the form opens has given the names that stand there.
  const isLinked = field.type === 'patient' && form.values[name] !== ''
  const filled = useRef<Readonly<Record<string, string>>>(
    isLinked ? Object.fromEntries(field.fills.map((other) => [other, String(form.values[other])])) : {},
  )
  return (
    <FieldInput
      id={fieldId(form, name)}
      field={field}
      value={form.values[name] ?? ''}
      onChange={(value) => form.set(name, value)}
      onLeave={(to) => form.leave(name, to)}
      error={form.errorOf(name)}
      patientId={patientId}
      onFill={(fill) => {
        for (const [other, value] of Object.entries(refill(form.values, filled.current, fill))) form.set(other, value)
        filled.current = fill
      }}
      {...(field.type === 'code' ? { teeth: teethOf(form.values) } : {})}
    />
  )
}

function teethOf(values: Values): readonly string[] {
  const teeth = readJson(String(values.teeth ?? '')) as readonly { readonly fdi: string }[] | undefined
  return (teeth ?? []).map(({ fdi }) => fdi).filter(isTooth)
}

/** In words, for each field that is wrong. */
export function checkEntry(kind: EntryKind, values: Values, m: Messages, before?: Body): FieldErrors<Values> {
  return Object.fromEntries(
    Object.entries(wrongIn(kind, values, before)).map(([name, wrong]) => [name, wrongInWords(kind, name, wrong, m)]),
  )
}

function wrongInWords(kind: EntryKind, name: string, { word, line, column }: FieldWrong, m: Messages): string {
  const field = FIELDS[kind].find((each) => nameOf(each) === name)
  const words = m.fieldProblems as Readonly<Record<string, string>>
  const text = word === 'missing' ? m.patients.missing : (wordsOfType(field, m) ?? words[word] ?? m.fieldProblems.other)
  return line === undefined ? text : m.patients.inLine(line, column === undefined ? undefined : m.patients.labels[column], text)
}

function wordsOfType(field: FieldSpec | undefined, m: Messages): string | undefined {
  if (field?.type === 'partial') return m.patients.partialWrong
  if (field?.type === 'euros') return m.patients.amountWrong
  if (field?.type === 'tooth-numbers') return m.patients.teethWrong
  return undefined
}
