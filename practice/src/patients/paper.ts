/** What a sheet of paper needs of a record: one entry, whose it is, and who decided for them. */
import type { z } from 'zod'
import { InvalidInputError } from '#errors'
import type { getPaper } from './contract.ts'
import { isPaperKind, PAPER_KINDS } from './paper-kinds.ts'
import { type Reading, readEntry, readIdentity } from './store.ts'

type Paper = z.output<typeof getPaper.reply>

/** @throws {InvalidInputError} for a kind that is no paper, or an entry whose content is destroyed; else as {@link readEntry} */
export async function readPaper(reading: Reading, entryId: string): Promise<Paper> {
  const entry = await readEntry(reading, entryId)
  if (!isPaperKind(entry.kind) || entry.body === null)
    throw new InvalidInputError(`printed are ${PAPER_KINDS.join(', ')}; this entry is ${entry.kind}`)
  const { body } = await readIdentity(reading)
  return { identity: body, entry, representative: await readRepresentative(reading, entry) }
}

async function readRepresentative(reading: Reading, entry: Paper['entry']): Promise<Paper['representative']> {
  if (entry.kind !== 'consent' || entry.body?.relatedPersonId === undefined) return undefined
  const person = await readEntry(reading, entry.body.relatedPersonId)
  if (person.kind !== 'relatedPerson' || person.body === null) return undefined
  const { givenName, familyName } = person.body
  return { name: [givenName, familyName].filter((part) => part !== undefined).join(' ') }
}
