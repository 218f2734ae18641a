/** The medical questionnaire: each question answered yes, no, or not at all. */
import { TextInput } from '@mantine/core'
import { useId } from 'react'
import { useMessages } from '#messages'
import { printList, readJson } from './field-values.ts'
import { Group, type InputProps } from './group.tsx'

type Answer = 'present' | 'absent' | 'not-answered'
interface Item {
  readonly question: string
  readonly label: string
  readonly answer: Answer
  readonly detail?: string
}
const ANSWERS: readonly Answer[] = ['present', 'absent', 'not-answered']

export function AnswersInput({ id, field, value, onChange, error }: InputProps) {
  const m = useMessages()
  const name = useId()
  const read = readJson(String(value)) as readonly Item[] | undefined
  const items: readonly Item[] =
    read ?? Object.entries(m.patients.questions).map(([question, label]) => ({ question, label, answer: 'not-answered' }))
  const change = (i: number, item: Item) => onChange(printList(items.with(i, item)))
  return (
    <Group id={id} label={m.patients.labels[field.label]} error={error} isOptional={false}>
      {items.map((item, i) => (
        <fieldset key={item.question} className="answer">
          <legend>{item.label}</legend>
          {ANSWERS.map((answer) => (
            <label key={answer}>
              <input
                type="radio"
                name={`${name} ${item.question}`}
                checked={item.answer === answer}
                onChange={() => change(i, { ...item, answer })}
              />
              {m.patients.answers[answer]}
            </label>
          ))}
          {item.answer === 'present' && (
            <TextInput
              aria-label={m.patients.answerDetail(item.label)}
              placeholder={m.patients.moreDetails}
              maxLength={2000}
              value={item.detail ?? ''}
              onChange={({ currentTarget }) => {
                const { detail: _, ...others } = item
                change(i, currentTarget.value === '' ? others : { ...others, detail: currentTarget.value })
              }}
            />
          )}
        </fieldset>
      ))}
    </Group>
  )
}
