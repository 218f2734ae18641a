/** The inputs of an entry's form, one for each type of field; those of teeth and acts have files of their own. */
import { AREAS, DOCUMENT_TYPES, type EntryKind, PROBING_SITES, roleOn, TEETH } from '@couronne/practice/contract'
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { practitionersQuery } from '#people'
import { AnswersInput } from './answers-input.tsx'
import { CodeInput } from './code-input.tsx'
import { DocumentTypeInput } from './document-type-input.tsx'
import { titleOf } from './entry-words.ts'
import { type FieldSpec, isAsked, nameOf } from './field-specs.ts'
import { emptyValues, printList, printRows, type Row, readJson, readRows } from './field-values.ts'
import { FindingsInput } from './findings-input.tsx'
import { Group, type InputProps } from './group.tsx'
import { PatientInput } from './patient-input.tsx'
import { entriesQuery } from './queries.ts'
import { TeethInput } from './teeth-input.tsx'
import { useWords } from './words.ts'

export function FieldInput(props: InputProps) {
  const { field, value } = props
  const m = useMessages()
  const common = useCommon(props)
  switch (field.type) {
    case 'constant':
      return null
    case 'tick':
      return (
        <Checkbox
          id={common.id}
          label={m.patients.labels[field.label]}
          error={common.error}
          checked={value === true}
          onChange={(event) => props.onChange(event.currentTarget.checked)}
        />
      )
    case 'long':
    case 'lines':
      return <Textarea {...common} autosize={false} rows={field.type === 'lines' ? 2 : 4} />
    case 'choice':
      return <NativeSelect {...common} data={choicesOf(field, m)} />
    case 'document-type':
      return <TypeInput {...props} />
    case 'practitioner':
      return <PractitionerInput {...props} />
    case 'day':
    case 'today':
      return <TextInput {...common} type="date" className="short" />
    case 'instant':
      return <TextInput {...common} type="datetime-local" className="short" />
    case 'number':
    case 'euros':
      return (
        <TextInput {...common} inputMode={field.type === 'euros' ? 'decimal' : 'numeric'} className="short" spellCheck={false} />
      )
    case 'partial':
    case 'sites':
    case 'ccam':
      return <TextInput {...common} className="short" spellCheck={false} />
    case 'tooth-numbers':
      return field.path === 'fdi' ? (
        <NativeSelect {...common} data={[{ value: '', label: m.patients.choose }, ...TEETH]} />
      ) : (
        <TextInput {...common} className="short" spellCheck={false} />
      )
    case 'ticks':
    case 'areas':
    case 'site-ticks':
      return <TicksInput {...props} choices={ticksOf(field, m)} />
    case 'rows':
      return <RowsInput {...props} field={field} />
    case 'teeth':
    case 'tooth-list':
      return <TeethInput {...props} withSurfaces={field.type === 'teeth'} />
    case 'findings':
      return <FindingsInput {...props} />
    case 'answers':
      return <AnswersInput {...props} />
    case 'code':
      return <CodeInput {...props} />
    case 'conformity':
      return <ConformityInput {...props} />
    case 'patient':
      return <PatientInput {...props} fills={field.fills} />
    case 'entry':
      return <EntryInput {...props} kind={field.kind} />
    case 'entries':
      return <EntriesInput {...props} kind={field.kind} />
    default:
      return (
        <TextInput
          {...common}
          spellCheck={false}
          {...(field.type === 'text' ? { maxLength: field.lengthMax } : {})}
          {...(field.type === 'text' && field.inputMode !== undefined ? { inputMode: field.inputMode } : {})}
        />
      )
  }
}

function useCommon({ id, field, value, onChange, onLeave, error, isInside }: InputProps) {
  const m = useMessages()
  const label = m.patients.labels[field.label]
  return {
    id,
    label: field.isNeeded === true || isInside === true ? label : m.forms.optional(label),
    // Hints stand below, so that fields beside each other are on one line.
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    description: field.hint === undefined ? undefined : m.patients.hints[field.hint],
    error,
    value: String(value),
    autoComplete: 'off',
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => onChange(event.currentTarget.value),
    onBlur: (event: { readonly relatedTarget: EventTarget | null }) => onLeave?.(event.relatedTarget),
  }
}

type Words = ReturnType<typeof useMessages>

function choicesOf(field: FieldSpec & { readonly type: 'choice' }, m: Words) {
  const words = m.patients.choices[field.of] as Readonly<Record<string, string>>
  const choices = field.values.map((value) => ({ value, label: words[value] ?? value }))
  return field.isNeeded === true ? choices : [{ value: '', label: m.patients.notSaid }, ...choices]
}

/** The field holds the whole type; a document from elsewhere may have one that our list does not know. */
function TypeInput(props: InputProps) {
  const { value: _value, onChange: _change, ...common } = useCommon(props)
  const chosen = readJson(String(props.value)) as { readonly code: string; readonly label: string } | undefined
  return (
    <DocumentTypeInput
      {...common}
      chosen={chosen}
      onChoose={(code) => {
        const type = DOCUMENT_TYPES.find((each) => each.code === code)
        if (type !== undefined) props.onChange(JSON.stringify(type))
      }}
    />
  )
}

function ticksOf(field: FieldSpec, m: Words) {
  if (field.type === 'areas') return AREAS.map((value) => ({ value, label: m.patients.areas[value] }))
  if (field.type === 'site-ticks') return PROBING_SITES.map((value) => ({ value, label: m.patients.choices.site[value] }))
  if (field.type !== 'ticks') return []
  const words = m.patients.choices[field.of] as Readonly<Record<string, string>>
  return field.values.map((value) => ({ value, label: words[value] ?? value }))
}

function TicksInput({
  id,
  field,
  value,
  onChange,
  error,
  choices,
}: InputProps & { readonly choices: readonly { readonly value: string; readonly label: string }[] }) {
  const m = useMessages()
  const ticked = (readJson(String(value)) as string[] | undefined) ?? []
  return (
    <Group id={id} label={m.patients.labels[field.label]} error={error}>
      <div className="tick-list">
        {choices.map((choice) => (
          <Checkbox
            key={choice.value}
            label={choice.label}
            checked={ticked.includes(choice.value)}
            onChange={(event) =>
              onChange(
                printList(
                  event.currentTarget.checked ? [...ticked, choice.value] : ticked.filter((each) => each !== choice.value),
                ),
              )
            }
          />
        ))}
      </div>
    </Group>
  )
}

function PractitionerInput(props: InputProps) {
  const m = useMessages()
  const common = useCommon(props)
  const { data } = useQuery(practitionersQuery)
  const today = todayIso()
  const all = (data?.practitioners ?? []).map((each) => ({
    value: each.id,
    label: `${each.givenName} ${each.familyName}`,
    isHere: roleOn(each, today) !== undefined,
  }))
  const others = all.filter(({ isHere }) => !isHere)
  const isGone = props.value !== '' && !all.some(({ value }) => value === props.value)
  return (
    <NativeSelect
      {...common}
      data={[
        { value: '', label: m.patients.notSaid },
        ...all.filter(({ isHere }) => isHere),
        ...(others.length > 0 ? [{ group: m.patients.notHereToday, items: others }] : []),
        ...(isGone ? [{ value: String(props.value), label: `…${String(props.value).slice(-6)}` }] : []),
      ]}
    />
  )
}

/** Parts that come as often as needed. */
function RowsInput({
  id,
  field,
  value,
  onChange,
  error,
  patientId,
}: InputProps & { readonly field: FieldSpec & { type: 'rows' } }) {
  const m = useMessages()
  const rows = readRows(value)
  const word = m.patients.labels[field.row]
  const change = (next: readonly Row[]) => onChange(printRows(next))
  return (
    <Group id={id} label={m.patients.labels[field.label]} error={error} isOptional={field.isNeeded !== true}>
      {rows.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by their place alone
        <fieldset className="row" key={i}>
          <legend className={rows.length === 1 ? 'unseen' : undefined}>{m.patients.rowNumber(word, i + 1)}</legend>
          <div className="row-fields">
            {field.fields
              .filter((each) => isAsked(each, row.values))
              .map((each) => (
                <FieldInput
                  key={nameOf(each)}
                  id={`${id}-${i}-${nameOf(each)}`}
                  field={each}
                  value={row.values[nameOf(each)] ?? ''}
                  patientId={patientId}
                  isInside={field.isNeeded !== true}
                  onChange={(next) => change(rows.with(i, { ...row, values: { ...row.values, [nameOf(each)]: next } }))}
                />
              ))}
          </div>
          {rows.length > 1 && (
            <button type="button" className="link" onClick={() => change(rows.toSpliced(i, 1))}>
              {m.patients.removeRow(word, i + 1)}
            </button>
          )}
        </fieldset>
      ))}
      <Button variant="default" size="compact-sm" onClick={() => change([...rows, { values: emptyValues(field.fields, '') }])}>
        {m.patients.addRows[field.row]}
      </Button>
    </Group>
  )
}

function ConformityInput({ id, field, value, onChange }: InputProps) {
  const m = useMessages()
  const received = readJson(String(value)) as { readonly receivedOn?: string } | undefined
  return (
    <Group id={id} label={m.patients.labels[field.label]}>
      <Checkbox
        label={m.patients.conformityReceived}
        checked={received !== undefined}
        onChange={(event) => onChange(event.currentTarget.checked ? '{}' : '')}
      />
      {received !== undefined && (
        <TextInput
          type="date"
          className="short"
          label={m.patients.conformityOn}
          value={received.receivedOn ?? ''}
          onChange={({ currentTarget }) => {
            const { receivedOn: _, ...others } = received
            onChange(JSON.stringify(currentTarget.value === '' ? others : { ...others, receivedOn: currentTarget.value }))
          }}
        />
      )}
    </Group>
  )
}

function useEntriesOf(patientId: string | undefined, kind: EntryKind) {
  const words = useWords()
  const { data } = useInfiniteQuery({
    ...entriesQuery(patientId ?? '', kind, false),
    enabled: patientId !== undefined,
    retry: false,
  })
  return (data?.pages.flatMap((page) => page.entries) ?? []).map((entry) => ({
    value: entry.id,
    label: [entry.aboutOn === undefined ? undefined : words.days.short(entry.aboutOn), titleOf(entry, words)]
      .filter((part) => part !== undefined)
      .join(' · '),
  }))
}

function EntryInput(props: InputProps & { readonly kind: EntryKind }) {
  const m = useMessages()
  const common = useCommon(props)
  const choices = useEntriesOf(props.patientId, props.kind)
  return <NativeSelect {...common} data={[{ value: '', label: m.patients.notSaid }, ...choices]} />
}

function EntriesInput(props: InputProps & { readonly kind: EntryKind }) {
  const choices = useEntriesOf(props.patientId, props.kind)
  if (choices.length === 0) return null
  return <TicksInput {...props} choices={choices} />
}
