/** Acts. */
import { CCAM, own } from '#fhir-systems'
import { ccamFindings, isCcamCode } from '#patients'
import type { MappedContent } from '../mapped-row.ts'
import { codeSystemOf } from '../values.ts'
import { codingsOf, wordsOf } from './codings.ts'
import { clean, type Json, joined, object, objects, textOf } from './json.ts'
import type { ResourceReader } from './resource-reader.ts'

/** The terminology server's address, and the two object identifiers under which documents have it. */
const CCAM_SYSTEMS = [CCAM, 'urn:oid:1.2.250.1.215.300.1', 'urn:oid:1.2.250.1.213.2.5']
const LABEL_CHARACTERS_MAX = 500
const CENTS_MAX = 100_000_000

/** What is on its way, put off or not known is not done. */
const ACT_STATUSES = {
  preparation: 'planned',
  'in-progress': 'planned',
  'on-hold': 'planned',
  completed: 'done',
  'not-done': 'cancelled',
  stopped: 'cancelled',
} as const
const STATUS_WORDS: Readonly<Record<string, string>> = {
  'in-progress': 'En cours dans la source',
  'on-hold': 'Suspendu dans la source',
  stopped: 'Interrompu',
}

export function mapProcedure(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const status = reader.word('status', ACT_STATUSES)
  const code = actCodeOf(reader, resource.code)
  if (code === undefined) reader.say('nothing-said')
  if (status === undefined) reader.say('does-not-fit')
  if (code === undefined || status === undefined) return undefined
  const charge = reader.around
    .completing('ChargeItem', { type: 'Procedure', key: reader.key })
    .find(({ resource: { status: said } }) => said !== 'entered-in-error')?.resource
  const sites = reader.teeth()
  if (code.system === 'ccam')
    for (const finding of ccamFindings(
      code.code,
      sites.teeth.map(({ fdi }) => fdi),
    ))
      reader.say(finding, 'bodySite')
  reader.link('quoteId', resource.basedOn, { types: ['CarePlan'], kind: 'quote' })
  reader.namePractitioner(...objects(resource.performer).map(({ actor }) => actor), resource.asserter)
  const { billing, note } = billingOf(reader)
  const body = clean({
    code: { ...code, ...billing },
    status: status === 'done' && charge?.status === 'billed' ? 'billed' : status,
    ...sites,
    performedOn: reader.day('performed', resource.performedDateTime ?? object(resource.performedPeriod).start),
    feeCents: charge === undefined ? undefined : centsOf(charge.priceOverride),
    note: joined([note, STATUS_WORDS[String(resource.status)], ...sentences(resource)], '\n'),
  })
  return { kind: 'entry', content: { kind: 'procedure', body } }
}

/** CCAM under each of its names; letters of the NGAP and codes of a program's own stay what they are. */
export function actCodeOf(reader: ResourceReader, concept: unknown) {
  const codings = codingsOf(concept)
  const label = wordsOf(concept)?.slice(0, LABEL_CHARACTERS_MAX)
  const ccam = codings.find(({ system }) => CCAM_SYSTEMS.includes(system))
  if (ccam !== undefined) {
    const { code, version } = ccam
    if (isCcamCode(code)) return clean({ system: 'ccam', code, version: version?.slice(0, 20), label: label ?? code })
    reader.say('code-unknown', 'code')
  }
  const [coding] = codings
  if (coding === undefined && label === undefined) return undefined
  const code = (coding?.code ?? label ?? '').slice(0, 40).trim()
  const ours = codings.find(({ system }) => system === own('act-ngap') || system === own('act-local'))
  const system = ours !== undefined ? ours.system.slice(own('act-').length) : coding?.system === '' ? codeSystemOf(code) : 'local'
  const version = coding?.version?.slice(0, 20)
  return clean({ system, code: (ours?.code ?? code).slice(0, 40), version, label: label ?? code })
}

/** `Facturation : activité 1, phase 0, modificateurs A B` is how we say it where FHIR has no place. */
function billingOf(reader: ResourceReader) {
  const notes = objects(reader.resource.note).map(({ text }) => textOf(text))
  const billing = notes.find((note) => note?.startsWith('Facturation : '))
  const [, activity] = /activité (\d)/.exec(billing ?? '') ?? []
  const [, phase] = /phase (\d)/.exec(billing ?? '') ?? []
  const [, modifiers] = /modificateurs ([A-Z0-9](?: [A-Z0-9]){0,3})$/.exec(billing ?? '') ?? []
  const note = joined(
    notes.filter((each) => each !== billing),
    '\n',
  )
  return { billing: clean({ activity, phase, modifiers: modifiers?.split(' ') }), note }
}

/** Why, with what outcome: what an act's note would hold here. */
function sentences(resource: Json): (string | undefined)[] {
  const words = (title: string, concepts: unknown) => {
    const said = joined(objects(concepts).map(wordsOf), ', ')
    return said === undefined ? undefined : `${title} : ${said}`
  }
  return [
    words('Motif', resource.reasonCode),
    words('Résultat', resource.outcome),
    words('Complication', resource.complication),
    words('Suivi', resource.followUp),
    words('Raison', resource.statusReason),
  ]
}

export function centsOf(money: unknown): number | undefined {
  const { value, currency } = object(money)
  if (typeof value !== 'number' || (currency !== undefined && currency !== 'EUR')) return undefined
  const cents = Math.round(value * 100)
  return cents >= 0 && cents <= CENTS_MAX ? cents : undefined
}
