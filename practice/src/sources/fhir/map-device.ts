/** What was put into the mouth. */
import { own } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { codeIn, wordsOf } from './codings.ts'
import { clean, type Json, lineOf, object, objects, textOf } from './json.ts'
import type { ResourceReader } from './resource-reader.ts'

const DEVICE_CATEGORIES = new Set(
  'implant abutment fixed-prosthesis removable-prosthesis orthodontic graft material other'.split(' '),
)
const DEVICE_WORDS: readonly (readonly [RegExp, string])[] = [
  [/pilier|abutment/i, 'abutment'],
  [/implant/i, 'implant'],
  [/couronne|bridge|inlay|onlay|facette|crown|veneer/i, 'fixed-prosthesis'],
  [/appareil|stellite|amovible|denture/i, 'removable-prosthesis'],
  [/greffe|membrane|graft|comblement/i, 'graft'],
  [/orthodon|aligneur|bracket/i, 'orthodontic'],
]

/** The thing with the statements of its use: where, since when, by whom. */
export function mapDevice(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const device = { type: 'Device', key: reader.key }
  const uses = reader.around
    .completing('DeviceUseStatement', device)
    .map((use) => use.resource)
    .filter(({ status }) => status !== 'entered-in-error')
  const label =
    lineOf(objects(resource.deviceName)[0]?.name, 300) ??
    wordsOf(resource.type)?.slice(0, 300) ??
    lineOf(resource.modelNumber, 300)
  if (label === undefined) {
    reader.say('nothing-said')
    return undefined
  }
  const { placed, removed } = usedFrom(uses)
  const procedures = reader.around.completing('Procedure', device).map(({ key }) => ({ reference: `Procedure/${key}` }))
  const derived = uses.flatMap(({ derivedFrom }) => objects(derivedFrom))
  reader.link('procedureId', [...derived, ...procedures].filter(isOf('Procedure')), { types: ['Procedure'], kind: 'procedure' })
  reader.link('conformity.documentId', derived.filter(isOf('DocumentReference')), {
    types: ['DocumentReference'],
    kind: 'document',
  })
  reader.namePractitioner(...uses.map(({ source }) => source))
  const body = clean({
    category: deviceCategory(resource, label),
    label,
    manufacturer: lineOf(resource.manufacturer, 200),
    reference: lineOf(resource.modelNumber, 100) ?? lineOf(resource.partNumber, 100),
    lot: lineOf(resource.lotNumber, 100),
    serialNumber: lineOf(resource.serialNumber, 100),
    udi: udiOf(resource),
    ...propertiesOf(resource),
    ...reader.teeth(uses.flatMap(({ bodySite }) => objects(bodySite))),
    placedOn: reader.day('placed', placed),
    removedOn: reader.day('removed', removed),
    note: reader.notes(...uses.flatMap(({ note: notes }) => objects(notes)).map(({ text }) => textOf(text))),
  })
  return { kind: 'entry', content: { kind: 'device', body } }
}

function isOf(type: string) {
  return (reference: Json) => typeof reference.reference === 'string' && new RegExp(`(^|/)${type}/`).test(reference.reference)
}

function usedFrom(uses: readonly Json[]): { readonly placed: unknown; readonly removed: unknown } {
  const [use = {}] = uses
  const period = object(use.timingPeriod)
  return { placed: period.start ?? use.timingDateTime, removed: period.end }
}

function deviceCategory(resource: Json, label: string): string {
  const ours = codeIn(resource.type, own('device-category'))
  if (ours !== undefined && DEVICE_CATEGORIES.has(ours)) return ours
  const words = `${label} ${wordsOf(resource.type) ?? ''}`
  return DEVICE_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? 'other'
}

/** As people read it; the bar code's bytes as text where that is all; the maker's part of it otherwise. */
function udiOf(resource: Json): string | undefined {
  const [carrier = {}] = objects(resource.udiCarrier)
  const readable = lineOf(carrier.carrierHRF, 200)
  if (readable !== undefined) return readable
  try {
    const bytes = typeof carrier.carrierAIDC === 'string' ? Uint8Array.fromBase64(carrier.carrierAIDC.slice(0, 1_000)) : undefined
    if (bytes !== undefined) return lineOf(new TextDecoder().decode(bytes), 200)
  } catch {
    // no base64: what follows is all there is
  }
  return lineOf(carrier.deviceIdentifier, 200)
}

function propertiesOf(resource: Json): object {
  const values = new Map(
    objects(resource.property).flatMap(({ type, valueCode }) => {
      const name = codeIn(type, own('device-property'))
      const text = lineOf(objects(valueCode)[0]?.text, 300)
      return name === undefined || text === undefined ? [] : [[name, text] as const]
    }),
  )
  const laboratory = /^(.*?)(?:, ([A-Z]{2}))?$/.exec(values.get('laboratory') ?? '')
  const received = values.get('conformity-received')
  const day = (text: string | undefined) => (/^\d{4}-\d\d-\d\d$/.test(text ?? '') ? text : undefined)
  return clean({
    laboratory: laboratory?.[1] ? clean({ name: laboratory[1].slice(0, 200), country: laboratory[2] }) : undefined,
    conformity: received === undefined ? undefined : clean({ receivedOn: day(received) }),
    cardHandedOn: day(values.get('card-handed')),
  })
}
