/** Words of the source that mean nothing known: each stands for one that a record takes. */
import type { DecisionContent } from '@couronne/practice/contract'
import { ChoiceField, FormBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { Section } from '#shell'
import { choicesOf, targetName } from './choices.ts'
import { subjectOf, type UnknownWord } from './decisions.ts'
import { type Decided, useDecide } from './use-decide.ts'

export function WordDecisions({
  sourceId,
  words,
  decided,
}: {
  readonly sourceId: string
  readonly words: readonly UnknownWord[]
  readonly decided: Decided
}) {
  const m = useMessages()
  const decide = useDecide(sourceId)
  const before = words.map(({ table, target, word }) => {
    const decision = decided.get(subjectOf({ kind: 'word', table, target, written: word, means: '-' }))?.decision
    return decision?.kind === 'word' ? decision.means : ''
  })
  const form = useForm<Record<string, string>>({
    initial: Object.fromEntries(before.map((value, i) => [`w${i}`, value])),
    draft: `import-words-${sourceId}`,
    send: (values) =>
      decide(
        words.flatMap(({ table, target, word }, i): DecisionContent[] => {
          const means = (values[`w${i}`] ?? '').trim()
          return means === '' || means === before[i] ? [] : [{ kind: 'word', table, target, written: word, means }]
        }),
      ),
  })
  return (
    <Section title={m.imports.wordsUnknown} id="words">
      <p>{m.imports.wordsLead}</p>
      <FormBox form={form} action={m.imports.decide}>
        {words.map(({ table, entity, target, word, rows }, i) => {
          const label = m.imports.wordIs(word, targetName(entity, target, m), m.imports.rows(rows))
          const choices = choicesOf(entity, target, m)
          const key = `${table} ${target} ${word}`
          return choices === undefined ? (
            <TextField key={key} form={form} name={`w${i}`} label={label} isOptional lengthMax={200} />
          ) : (
            <ChoiceField
              key={key}
              form={form}
              name={`w${i}`}
              label={label}
              choices={[
                { value: '', label: m.imports.undecided },
                ...Object.entries(choices).map(([value, name]) => ({ value, label: name })),
              ]}
            />
          )
        })}
      </FormBox>
    </Section>
  )
}
