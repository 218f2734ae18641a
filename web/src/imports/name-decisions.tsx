/** Names of practitioners whom the practice does not know: each is one of ours, or nobody here. */
import type { DecisionContent } from '@couronne/practice/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChoiceField, FormBox, useForm } from '#forms'
import { useMessages } from '#messages'
import { practitionersQuery } from '#people'
import { Section } from '#shell'
import { subjectOf } from './decisions.ts'
import { type Decided, useDecide } from './use-decide.ts'

const NOBODY = 'nobody'

interface NamesProps {
  readonly sourceId: string
  readonly names: readonly { readonly written: string; readonly rows: number }[]
  readonly decided: Decided
}

export function NameDecisions(props: NamesProps) {
  const m = useMessages()
  const { data } = useQuery(practitionersQuery)
  return (
    <Section title={m.imports.namesTitle} id="practitioners">
      <p>
        {m.imports.namesLead} <Link to="/people">{m.imports.namesAdd}</Link>
      </p>
      {data !== undefined && <NamesForm {...props} practitioners={data.practitioners} />}
    </Section>
  )
}

function NamesForm({
  sourceId,
  names,
  decided,
  practitioners,
}: NamesProps & {
  readonly practitioners: readonly { readonly id: string; readonly givenName: string; readonly familyName: string }[]
}) {
  const m = useMessages()
  const decide = useDecide(sourceId)
  const before = names.map(({ written }) => {
    const decision = decided.get(subjectOf({ kind: 'practitioner', written, practitionerId: null }))?.decision
    return decision?.kind === 'practitioner' ? (decision.practitionerId ?? NOBODY) : ''
  })
  const form = useForm<Record<string, string>>({
    initial: Object.fromEntries(before.map((value, i) => [`n${i}`, value])),
    draft: `import-names-${sourceId}`,
    send: (values) =>
      decide(
        names.flatMap(({ written }, i): DecisionContent[] => {
          const value = values[`n${i}`] ?? ''
          if (value === '' || value === before[i]) return []
          return [{ kind: 'practitioner', written, practitionerId: value === NOBODY ? null : value }]
        }),
      ),
  })
  return (
    <FormBox form={form} action={m.imports.decide}>
      {names.map(({ written, rows }, i) => (
        <ChoiceField
          key={written}
          form={form}
          name={`n${i}`}
          label={m.imports.nameIs(written, m.imports.rows(rows))}
          choices={[
            { value: '', label: m.imports.undecided },
            ...practitioners.map(({ id, givenName, familyName }) => ({ value: id, label: `${givenName} ${familyName}` })),
            { value: NOBODY, label: m.imports.nobodyHere },
          ]}
        />
      ))}
    </FormBox>
  )
}
