/** Teeth, and their surfaces, chosen on the drawing. */
import { type Dentition, dentitionOf, hasSurface, isTooth, SURFACES, type Tooth } from '@couronne/practice/contract'
import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import { useMessages } from '#messages'
import { printList, readJson } from './field-values.ts'
import { Group, type InputProps } from './group.tsx'
import { Odontogram } from './odontogram.tsx'

interface Picked {
  readonly fdi: Tooth
  readonly surfaces: readonly string[]
}

export function TeethInput({ id, field, value, onChange, error, withSurfaces }: InputProps & { readonly withSurfaces: boolean }) {
  const m = useMessages()
  const read = readJson(String(value)) as readonly (Picked | Tooth)[] | undefined
  const picked = (read ?? []).map((each): Picked => (typeof each === 'string' ? { fdi: each, surfaces: [] } : each))
  const change = (next: readonly Picked[]) => onChange(printList(withSurfaces ? next : next.map(({ fdi }) => fdi)))
  const toggle = (fdi: Tooth) =>
    change(
      picked.some((each) => each.fdi === fdi) ? picked.filter((each) => each.fdi !== fdi) : [...picked, { fdi, surfaces: [] }],
    )
  return (
    <Group id={id} label={m.patients.labels[field.label]} error={error} isOptional={field.isNeeded !== true}>
      <MouthPicker picked={new Set(picked.map(({ fdi }) => fdi))} onPick={toggle} isOpen={withSurfaces || picked.length > 0} />
      {picked.length === 0 && <p className="aside">{m.patients.noTooth}</p>}
      {withSurfaces ? (
        picked.map((tooth, i) => (
          <Surfaces
            key={tooth.fdi}
            fdi={tooth.fdi}
            surfaces={tooth.surfaces}
            onChange={(surfaces) => change(picked.with(i, { ...tooth, surfaces }))}
          />
        ))
      ) : (
        <p>{picked.map(({ fdi }) => fdi).join(', ')}</p>
      )}
    </Group>
  )
}

/** The drawing, folded away until asked for. */
export function MouthPicker({
  picked,
  onPick,
  isOpen = false,
  label,
}: {
  readonly picked: ReadonlySet<string>
  readonly onPick: (fdi: Tooth) => void
  readonly isOpen?: boolean
  /** what it is folded under; absent: choosing teeth */
  readonly label?: string
}) {
  const m = useMessages()
  const hasMilk = [...picked].some((fdi) => isTooth(fdi) && dentitionOf(fdi) === ('deciduous' satisfies Dentition))
  const [isMilkAsked, setIsMilkAsked] = useState(hasMilk)
  const [wasOpen] = useState(isOpen)
  return (
    <details className="more" open={wasOpen}>
      <summary>{label ?? m.patients.pickTeeth}</summary>
      <Odontogram
        looks={new Map()}
        picked={picked}
        labelOf={m.patients.tooth}
        onPick={onPick}
        withDeciduous={isMilkAsked || hasMilk}
      />
      <Checkbox
        label={m.patients.showDeciduous}
        checked={isMilkAsked || hasMilk}
        onChange={(event) => setIsMilkAsked(event.currentTarget.checked)}
      />
    </details>
  )
}

/** `B` is another word for `V`: it is offered where it stands already. */
export function Surfaces({
  fdi,
  surfaces,
  onChange,
}: {
  readonly fdi: Tooth
  readonly surfaces: readonly string[]
  readonly onChange: (surfaces: readonly string[]) => void
}) {
  const m = useMessages()
  const offered = SURFACES.filter(
    (each) => surfaces.includes(each) || (each !== 'B' && hasSurface(fdi, each) && !isTwin(fdi, each)),
  )
  return (
    <fieldset className="surfaces">
      <legend>{m.patients.surfacesOf(fdi)}</legend>
      {offered.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={surfaces.includes(each)}
          aria-label={m.patients.surfaces[each]}
          title={m.patients.surfaces[each]}
          onClick={() =>
            onChange(
              surfaces.includes(each)
                ? surfaces.filter((surface) => surface !== each)
                : SURFACES.filter((surface) => surface === each || surfaces.includes(surface)),
            )
          }
        >
          {each}
        </button>
      ))}
    </fieldset>
  )
}

/** Above, the tongue's side is the palate's. */
function isTwin(fdi: Tooth, surface: string): boolean {
  return surface === 'L' && hasSurface(fdi, 'P')
}
