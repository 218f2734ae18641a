/** Questionnaires: for each question whether it is so, is not so, or was not answered. */
import { hl7, own, SNOMED } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { codingsOf } from './codings.ts'
import { clean, isObject, type Json, joined, lineOf, objects, textOf } from './json.ts'
import type { ResourceReader } from './resource-reader.ts'
import { valueWords } from './value-words.ts'

const YES = new Set([`${SNOMED}|373066001`, `${hl7('v2-0136')}|Y`, `${hl7('v2-0532')}|Y`])
const NO = new Set([`${SNOMED}|373067005`, `${hl7('v2-0136')}|N`, `${hl7('v2-0532')}|N`])
const ITEMS_MAX = 300
const DEPTH_MAX = 20

export function mapQuestionnaire(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const answeredOn = reader.wholeDay('authored')
  if (answeredOn === undefined) {
    reader.say('day-missing', 'authored')
    return undefined
  }
  const items = questions(objects(resource.item), 0)
  const ours = new Set(['signature', 'document', 'note'])
  const asked = items.filter(({ linkId }) => !ours.has(linkId.split('.')[0] ?? ''))
  if (asked.length > ITEMS_MAX) reader.say('cut-short', 'item')
  const named = (name: string) => objects(resource.item).find(({ linkId }) => linkId === name)
  reader.link(
    'documentId',
    objects(named('document')?.answer).map(({ valueReference }) => valueReference),
    { types: ['DocumentReference'], kind: 'document' },
  )
  reader.namePractitioner(resource.author)
  const isUnderWay = resource.status === 'in-progress' || resource.status === 'stopped'
  const body = clean({
    form: formOf(resource.questionnaire),
    answeredOn,
    items: asked.slice(0, ITEMS_MAX).map(({ linkId: _, ...item }) => item),
    signed: signatureOf(named('signature')),
    note: joined(
      [textOf(objects(named('note')?.answer)[0]?.valueString), isUnderWay ? 'Questionnaire inachevé' : undefined],
      '\n',
    ),
  })
  return { kind: 'entry', content: { kind: 'questionnaire', body } }
}

function formOf(questionnaire: unknown): string {
  const written = lineOf(questionnaire, 500) ?? 'questionnaire'
  const prefix = own('questionnaire:')
  if (!written.startsWith(prefix)) return written.slice(-100)
  return unescaped(written.slice(prefix.length)).slice(0, 100)
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

interface Question {
  readonly linkId: string
  readonly question: string
  readonly label: string
  readonly answer: 'present' | 'absent' | 'not-answered'
  readonly detail?: string
}

/** Groups have no answer and stand for what is in them. */
function questions(items: readonly Json[], depth: number): Question[] {
  if (depth > DEPTH_MAX) return []
  return items.flatMap((item) => {
    const linkId = lineOf(item.linkId, 100) ?? ''
    const answers = objects(item.answer)
    const inner = [...objects(item.item), ...answers.flatMap(({ item: below }) => objects(below))]
    const details = inner.filter(({ linkId: id }) => id === `${linkId}.detail`)
    const others = questions(
      inner.filter((each) => !details.includes(each)),
      depth + 1,
    )
    if (answers.length === 0 && details.length === 0 && inner.length > 0) return others
    return [questionOf(item, linkId, answers, details), ...others]
  })
}

function questionOf(item: Json, linkId: string, answers: readonly Json[], details: readonly Json[]): Question {
  const definition = lineOf(item.definition, 500)
  const prefix = own('question:')
  const name = definition?.startsWith(prefix) ? unescaped(definition.slice(prefix.length)).slice(0, 100) : linkId
  const said = answers.map(answerOf)
  const written = said.map(({ words }) => words)
  const more = details.flatMap(({ answer }) => objects(answer)).map(({ valueString }) => textOf(valueString, 2_000))
  const detail = textOf(joined([...written, ...more], ', '), 2_000)
  const label = lineOf(item.text, 500) ?? linkId
  return {
    linkId,
    question: name || label.slice(0, 100) || 'question',
    label: label || name || 'question',
    answer: said.find(({ answer }) => answer === 'present')?.answer ?? said[0]?.answer ?? 'not-answered',
    ...(detail === undefined ? {} : { detail }),
  }
}

/** Yes and no are what they are; anything else that was answered is there, in its words. */
function answerOf(answer: Json): { readonly answer: 'present' | 'absent'; readonly words?: string } {
  const { valueBoolean, valueCoding } = answer
  const names = isObject(valueCoding) ? codingsOf(valueCoding).map(({ system, code }) => `${system}|${code}`) : []
  if (valueBoolean === true || names.some((name) => YES.has(name))) return { answer: 'present' }
  if (valueBoolean === false || names.some((name) => NO.has(name))) return { answer: 'absent' }
  const words = valueWords(answer)
  return words === undefined ? { answer: 'present' } : { answer: 'present', words }
}

function signatureOf(item: Json | undefined): object | undefined {
  const answers = objects(item?.item).flatMap(({ answer }) => objects(answer))
  const words = answers.map(({ valueString }) => lineOf(valueString, 300)).find((each) => each !== undefined)
  const on = answers.map(({ valueDate }) => lineOf(valueDate, 10)).find((each) => each !== undefined)
  if (words === undefined || on === undefined || !/^\d{4}-\d\d-\d\d$/.test(on)) return undefined
  const [who, name] = words.split(' : ')
  return clean({ by: who === 'Représentant' ? 'representative' : 'patient', name: name?.slice(0, 200), on })
}
