/** A tooth chart: a state, then the teeth that are in it. */
import { TOOTH_STATES, type Tooth, type ToothState } from '@couronne/practice/contract'
import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useMessages } from '#messages'
import { printList, readJson } from './field-values.ts'
import { Group, type InputProps } from './group.tsx'
import { MouthPicker, Surfaces } from './teeth-input.tsx'

interface Finding {
  readonly fdi: Tooth
  readonly state: ToothState
  readonly surfaces: readonly string[]
  readonly note?: string
}

export function FindingsInput({ id, field, value, onChange, error }: InputProps) {
  const m = useMessages()
  const findings = (readJson(String(value)) as readonly Finding[] | undefined) ?? []
  const [state, setState] = useState<ToothState>(findings[0]?.state ?? 'caries')
  const change = (next: readonly Finding[]) => onChange(printList(next))
  const isFound = (fdi: string) => (each: Finding) => each.fdi === fdi && each.state === state
  const toggle = (fdi: Tooth) =>
    change(
      findings.some(isFound(fdi)) ? findings.filter((each) => !isFound(fdi)(each)) : [...findings, { fdi, state, surfaces: [] }],
    )
  return (
    <Group id={id} label={m.patients.labels[field.label]} hint={m.patients.findingHow} error={error} isOptional={false}>
      <NativeSelect
        className="short"
        label={m.patients.findingState}
        value={state}
        onChange={(event) => setState(event.currentTarget.value as ToothState)}
        data={TOOTH_STATES.map((each) => ({ value: each, label: m.patients.toothStates[each] }))}
      />
      <MouthPicker
        picked={new Set(findings.filter((each) => each.state === state).map(({ fdi }) => fdi))}
        onPick={toggle}
        isOpen
      />
      <ul className="findings">
        {findings.map((finding, i) => (
          <li key={`${finding.fdi} ${finding.state}`}>
            <strong>
              {finding.fdi} {m.patients.toothStates[finding.state]}
            </strong>
            <Surfaces
              fdi={finding.fdi}
              surfaces={finding.surfaces}
              onChange={(surfaces) => change(findings.with(i, { ...finding, surfaces }))}
            />
            <button
              type="button"
              className="link"
              aria-label={m.patients.findingRemove(finding.fdi, m.patients.toothStates[finding.state])}
              onClick={() => change(findings.toSpliced(i, 1))}
            >
              {m.patients.withdraw}
            </button>
          </li>
        ))}
      </ul>
    </Group>
  )
}
