/** Quotes, and other plans. */
import { own } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { codeAmong, wordsOf } from './codings.ts'
import { clean, type Json, joined, lineOf, object, objects, textOf } from './json.ts'
import { actCodeOf, centsOf } from './map-procedure.ts'
import type { ResourceReader } from './resource-reader.ts'
import { sitesOf } from './teeth.ts'

const QUOTE_STATES = new Set(['draft', 'handed', 'signed', 'refused', 'expired'])
const BASKETS: Readonly<Record<string, string>> = {
  'Panier 100 % Santé': 'full-cover',
  'Panier aux tarifs maîtrisés': 'moderated',
  'Panier aux tarifs libres': 'free',
}

/** With prices it is a quote; any other plan is what was meant that day, in words. */
export function mapCarePlan(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const state = codeAmong(resource.category, own('quote-state'))
  const madeOn = reader.wholeDay('created', resource.created ?? reader.period().start)
  if (madeOn === undefined) {
    reader.say('day-missing', 'created')
    return undefined
  }
  reader.namePractitioner(resource.author)
  return state !== undefined && QUOTE_STATES.has(state) ? quote(reader, state, madeOn) : plan(reader, madeOn)
}

function quote(reader: ResourceReader, state: string, madeOn: string): MappedContent | undefined {
  const { resource } = reader
  const charges = reader.around
    .completing('ChargeItem', { type: 'CarePlan', key: reader.key })
    .map((charge) => charge.resource)
    .toSorted((one, other) => lineNumber(one) - lineNumber(other))
  const lines = charges.map((charge) => quoteLine(reader, charge))
  reader.link('documentId', resource.supportingInfo, { types: ['DocumentReference'], kind: 'document' })
  const { days, alternative, rest } = quoteNotes(resource)
  const body = clean({
    state,
    number: lineOf(objects(resource.identifier)[0]?.value, 50),
    madeOn,
    ...days,
    validUntil: reader.wholeDay('period', reader.period().end),
    lines,
    alternative,
    note: rest,
  })
  return { kind: 'entry', content: { kind: 'quote', body } }
}

function lineNumber({ id }: Json): number {
  return Number(/\.line\.(\d+)$/.exec(String(id))?.[1] ?? Number.MAX_SAFE_INTEGER)
}

function quoteNotes(resource: Json) {
  const days: { handedOn?: string; signedOn?: string } = {}
  let alternative: string | undefined
  const rest: string[] = []
  for (const { text } of objects(resource.note)) {
    const written = textOf(text) ?? ''
    const [, what, day] = /^(Remis|Signé) le (\d{4}-\d\d-\d\d)$/.exec(written) ?? []
    if (what === 'Remis' && day !== undefined) days.handedOn = day
    else if (what === 'Signé' && day !== undefined) days.signedOn = day
    else if (written.startsWith('Alternative 100 % Santé : '))
      alternative = textOf(written.slice('Alternative 100 % Santé : '.length), 1_000)
    else if (written !== '') rest.push(written)
  }
  return { days, alternative, rest: joined(rest, '\n') }
}

/** R4 has one price: what we say more of a line stands in its notes, in words of ours. */
function quoteLine(reader: ResourceReader, charge: Json): object {
  const [label, ...notes] = objects(charge.note).map(({ text }) => lineOf(text) ?? '')
  const said = (title: string) => notes.find((note) => note.startsWith(title))?.slice(title.length)
  const euros = (title: string) => {
    const [, amount] = /^([\d.]+) EUR$/.exec(said(title) ?? '') ?? []
    return amount === undefined ? undefined : Math.round(Number(amount) * 100)
  }
  const subcontracting = notes.find((note) => /sous-traitance/i.test(note))
  const subcontractedIn = /: ([A-Z]{2})$/.exec(subcontracting ?? '')?.[1]
  const { teeth, areas } = sitesOf(charge.bodysite)
  const code = objects(object(charge.code).coding).length === 0 ? undefined : actCodeOf(reader, charge.code)
  return clean({
    label: label || wordsOf(charge.code) || 'Ligne',
    code: code === undefined ? undefined : { ...code, ...billing(notes) },
    teeth,
    areas,
    feeCents: centsOf(charge.priceOverride) ?? 0,
    deviceCents: euros('Dont appareil : '),
    baseCents: euros('Base de remboursement : '),
    reimbursedCents: euros('Remboursement : '),
    basket: notes.map((note) => BASKETS[note]).find((basket) => basket !== undefined),
    materials: said('Matériaux : ')?.slice(0, 300),
    madeIn: /^[A-Z]{2}$/.exec(said('Fabriqué en : ') ?? '')?.[0],
    subcontracting: subcontracting === undefined ? undefined : subcontracting.startsWith('Sans') ? 'none' : 'part',
    subcontractedIn,
  })
}

function billing(notes: readonly string[]): object {
  const written = notes.find((note) => note.startsWith('Facturation : ')) ?? ''
  return clean({
    activity: /activité (\d)/.exec(written)?.[1],
    phase: /phase (\d)/.exec(written)?.[1],
    modifiers: /modificateurs ([A-Z0-9](?: [A-Z0-9]){0,3})$/.exec(written)?.[1]?.split(' '),
  })
}

function plan(reader: ResourceReader, on: string): MappedContent | undefined {
  const { resource } = reader
  const activities = objects(resource.activity).map(({ detail }) => {
    const { code, description } = object(detail)
    return joined([wordsOf(code), textOf(description, 2_000)], ' : ')
  })
  const steps = activities.filter((step) => step !== undefined).map((step) => `- ${step}`)
  const title = lineOf(resource.title) ?? 'Plan de traitement'
  const text = joined([title, textOf(resource.description), ...steps, reader.notes()], '\n')?.slice(0, 20_000)
  return { kind: 'entry', content: { kind: 'observation', body: { category: 'note', on, text, teeth: [] } } }
}
