/** An act: found in the list of CCAM by words or code, or written freely. */
import { CCAM_LIST, ccamFindings, isTooth } from '@couronne/practice/contract'
import { NativeSelect, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { useMessages } from '#messages'
import { CODE_SYSTEMS } from './field-specs.ts'
import { readJson } from './field-values.ts'
import { Group, type InputProps } from './group.tsx'

interface Code {
  readonly system: (typeof CODE_SYSTEMS)[number]
  readonly code: string
  readonly label: string
}
const SHOWN_MAX = 8
const FREE: Code = { system: 'local', code: '', label: '' }

export function CodeInput({ id, field, value, onChange, error, teeth = [] }: InputProps) {
  const m = useMessages()
  const code = readJson(String(value)) as Code | undefined
  const isListed = code !== undefined && CCAM_LIST.some((each) => each.code === code.code && each.label === code.label)
  const isFree = code !== undefined && !isListed
  const findings = code === undefined ? [] : ccamFindings(code.code, teeth.filter(isTooth))
  return (
    <Group id={id} label={m.patients.labels[field.label]} error={error} isOptional={false}>
      {isFree ? (
        <FreeCode code={code} onChange={(next) => onChange(JSON.stringify(next))} />
      ) : (
        <ListedCode code={code} onChange={(next) => onChange(next === undefined ? '' : JSON.stringify(next))} />
      )}
      <p>
        <button type="button" className="link" onClick={() => onChange(isFree ? '' : JSON.stringify(FREE))}>
          {isFree ? m.patients.codeFromList : m.patients.codeFree}
        </button>
      </p>
      <div role="status">
        {findings.map((finding) => (
          <p key={finding} className="note">
            {m.patients.toothFindings[finding]}
          </p>
        ))}
      </div>
    </Group>
  )
}

function ListedCode({
  code,
  onChange,
}: {
  readonly code: Code | undefined
  readonly onChange: (code: Code | undefined) => void
}) {
  const m = useMessages()
  const listId = useId()
  const [text, setText] = useState('')
  const found = findActs(text)
  if (code !== undefined)
    return (
      <p className="picked-code">
        <strong>{code.label}</strong> <code>{code.code}</code>{' '}
        <button type="button" className="link" onClick={() => onChange(undefined)}>
          {m.patients.correct}
        </button>
      </p>
    )
  return (
    <>
      <TextInput
        label={m.patients.codeSearch}
        description={`${m.patients.codeHint} ${m.patients.codeTrial}`}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.preventDefault()
          const first = found[0]
          if (event.key === 'Enter' && first !== undefined) onChange({ system: 'ccam', code: first.code, label: first.label })
        }}
        aria-controls={listId}
      />
      <ul id={listId} className="code-list" aria-label={m.patients.codePick}>
        {found.map((each) => (
          <li key={each.code}>
            <button type="button" onClick={() => onChange({ system: 'ccam', code: each.code, label: each.label })}>
              <code>{each.code}</code> {each.label}
            </button>
          </li>
        ))}
      </ul>
      {text.trim() !== '' && found.length === 0 && <p role="status">{m.patients.codeNone}</p>}
    </>
  )
}

function FreeCode({ code, onChange }: { readonly code: Code; readonly onChange: (code: Code) => void }) {
  const m = useMessages()
  return (
    <div className="row-fields">
      <TextInput
        label={m.patients.codeLabel}
        maxLength={500}
        value={code.label}
        onChange={({ currentTarget }) => onChange({ ...code, label: currentTarget.value })}
      />
      <TextInput
        label={m.patients.codeCode}
        maxLength={40}
        spellCheck={false}
        value={code.code}
        onChange={({ currentTarget }) => onChange({ ...code, code: currentTarget.value })}
      />
      <NativeSelect
        label={m.patients.codeSystem}
        value={code.system}
        onChange={({ currentTarget }) => onChange({ ...code, system: currentTarget.value as Code['system'] })}
        data={CODE_SYSTEMS.map((each) => ({ value: each, label: m.patients.choices.codeSystem[each] }))}
      />
    </div>
  )
}

/** All of the words stand in the code or the label; those first in which most are whole words: `molaire` is in `prémolaire` too. */
export function findActs(text: string): typeof CCAM_LIST {
  const words = fold(text).split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const lines = CCAM_LIST.map((act) => ({ act, line: fold(`${act.code} ${act.label}`) }))
  const whole = (line: string) => {
    const parts = new Set(line.split(/[^a-z0-9]+/))
    return words.filter((word) => parts.has(word)).length
  }
  return lines
    .filter(({ line }) => words.every((word) => line.includes(word)))
    .map(({ act, line }) => ({ act, rank: whole(line) }))
    .sort((one, other) => other.rank - one.rank)
    .map(({ act }) => act)
    .slice(0, SHOWN_MAX)
}

function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
