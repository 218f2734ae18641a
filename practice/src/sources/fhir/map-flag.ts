/** Litigation, and other marks on the record. */
import { NOTE, own } from '#fhir-systems'
import type { MappedContent } from '../mapped-row.ts'
import { codeAmong, extensionOf, extensionsOf, wordsOf } from './codings.ts'
import { clean, lineOf, object, textOf } from './json.ts'
import { mapFlag } from './map-alerts.ts'
import type { ResourceReader } from './resource-reader.ts'

const CLAIM_WAYS = new Set('complaint amicable insurer cci ordinal civil criminal administrative other'.split(' '))

/** Ours stands for litigation; any other is a mark on the record. */
export function mapFlagOrClaim(reader: ResourceReader): MappedContent | undefined {
  const { resource } = reader
  const way = codeAmong(resource.category, own('claim-way'))
  if (way === undefined) return mapFlag(reader)
  const { start, end } = reader.period()
  const openedOn = reader.wholeDay('period', start)
  const subject = wordsOf(resource.code)?.slice(0, 300)
  if (openedOn === undefined) reader.say('day-missing', 'period')
  if (subject === undefined) reader.say('nothing-said')
  if (openedOn === undefined || subject === undefined) return undefined
  const details = extensionsOf(resource, 'http://hl7.org/fhir/StructureDefinition/flag-detail').map(
    ({ valueReference }) => valueReference,
  )
  reader.link('procedureIds', details, { types: ['Procedure'], kind: 'procedure', isList: true })
  reader.link('documentIds', details, { types: ['DocumentReference'], kind: 'document', isList: true })
  reader.namePractitioner(resource.author)
  const body = clean({
    way: CLAIM_WAYS.has(way) ? way : 'other',
    subject,
    openedOn,
    closedOn: reader.wholeDay('period', end),
    ...claimWords(textOf(object(extensionOf(resource, NOTE)?.valueAnnotation).text)),
  })
  return { kind: 'entry', content: { kind: 'claim', body } }
}

/** `Assureur : …`, a line each, the note last. */
function claimWords(written: string | undefined): object {
  const said = (title: string, charactersMax: number) =>
    lineOf(new RegExp(`^${title} : (.+)$`, 'm').exec(written ?? '')?.[1], charactersMax)
  const consolidatedOn = said('Consolidation', 10)
  const [, from, to, reason] = /^Conservation imposée : du (\S{10})(?: au (\S{10}))?, (.+)$/m.exec(written ?? '') ?? []
  return clean({
    consolidatedOn: /^\d{4}-\d\d-\d\d$/.test(consolidatedOn ?? '') ? consolidatedOn : undefined,
    insurer: said('Assureur', 200),
    insurerReference: said('Référence', 100),
    expert: said('Expert', 200),
    hold: from === undefined ? undefined : clean({ from, to, reason: lineOf(reason, 300) }),
    note: textOf(/^Note : ([\s\S]+)$/m.exec(written ?? '')?.[1]),
  })
}
