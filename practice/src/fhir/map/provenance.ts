/** Who wrote this version of an entry, when, why, from what source. */
import type { Entry } from '#patients'
import { coding, concept, idOf, practiceReference, type Resource, type Surroundings } from '../parts.ts'
import { hl7 } from '../systems.ts'

export function provenanceOf(entry: Entry, resources: readonly Resource[], around: Surroundings): Resource {
  const activity = entry.state === 'withdrawn' ? 'NULLIFY' : entry.version === 1 ? 'CREATE' : 'UPDATE'
  return {
    resourceType: 'Provenance',
    id: idOf(entry, 'provenance'),
    meta: { versionId: String(entry.version), lastUpdated: entry.changedAt },
    target: resources.map(({ resourceType, id }) => ({ reference: `${resourceType}/${id}` })),
    recorded: entry.changedAt,
    reason: entry.reason === undefined ? [] : [{ text: entry.reason }],
    activity: { coding: [coding(hl7('v3-DataOperation'), activity)] },
    agent: [
      {
        type: concept(hl7('provenance-participant-type'), entry.source === undefined ? 'author' : 'enterer'),
        who: {
          display: entry.recordedBy.name,
          identifier: { system: `urn:uuid:${around.practiceId}`, value: entry.recordedBy.id },
        },
        onBehalfOf: practiceReference(around),
      },
    ],
    entity: entry.source === undefined ? [] : [{ role: 'source', what: { display: entry.source } }],
  }
}
