/**
 * Who may open which part of a record: what the role gives, less what a limit on the record takes away, plus what broken glass opens for an
 * hour. Personal notes are not a matter of permission: only their author ever sees that they are there.
 */
import { NotAllowedError, PracticeError } from '#errors'
import type { Actor } from '#open-practice'
import { may } from '#rights'
import { ENTRY_CLASSES, type EntryClass, READS, WRITES } from './kinds/kind.ts'

/** The glass must be broken first: `about.part` says for what, `record` being all of it. */
export class BreakGlassNeededError extends PracticeError {
  readonly code = 'break-glass-needed'
}

/** What decides beside the role. */
export interface RecordCircumstances {
  /** of records that are shown as one: that which is kept */
  readonly patientId: string
  /** the records that are shown within it (`links.ts`) */
  readonly joinedIds?: readonly string[]
  /** accounts that alone may open it in the ordinary way; undefined: no limit */
  readonly limitedTo?: readonly string[] | undefined
  /** this account has broken the glass, until then */
  readonly glassEndsAt?: string | undefined
}

export interface RecordAccess extends RecordCircumstances {
  /** the record and those that are shown within it: every query of a record asks for all of them */
  readonly parts: readonly string[]
  readonly accountId: string
  readonly reads: readonly EntryClass[]
  readonly writes: readonly EntryClass[]
  /** there is a limit, it does not name this account, and the glass is whole */
  readonly isShut: boolean
  readonly mayBreakGlass: boolean
}

/** What an account may do with a record now. */
export function decideAccess(actor: Pick<Actor, 'accountId' | 'role'>, circumstances: RecordCircumstances): RecordAccess {
  const { patientId, joinedIds = [], limitedTo, glassEndsAt } = circumstances
  const isBroken = glassEndsAt !== undefined
  const isShut = limitedTo !== undefined && !limitedTo.includes(actor.accountId) && !isBroken
  const ofRole = (permissions: typeof READS | typeof WRITES) =>
    isShut ? [] : ENTRY_CLASSES.filter((entryClass) => may(actor.role, permissions[entryClass]))
  return {
    ...circumstances,
    parts: [patientId, ...joinedIds],
    accountId: actor.accountId,
    reads: isBroken ? ENTRY_CLASSES : ofRole(READS),
    writes: ofRole(WRITES),
    isShut,
    mayBreakGlass: may(actor.role, 'records.break-glass') && !isBroken,
  }
}

/** @throws {BreakGlassNeededError} when breaking the glass would open it; {@link NotAllowedError} when nothing would */
export function requireRead(access: RecordAccess, entryClass: EntryClass): void {
  if (access.reads.includes(entryClass)) return
  throw refusal(access, entryClass)
}

/** @throws as {@link requireRead}; breaking the glass opens a limited record for writing too, and no part that the role does not write */
export function requireWrite(access: RecordAccess, entryClass: EntryClass): void {
  if (access.writes.includes(entryClass)) return
  if (access.isShut) throw refusal(access, entryClass)
  throw new NotAllowedError('the role does not allow this part of a record to be written', { about: { part: entryClass } })
}

function refusal({ isShut, mayBreakGlass, patientId }: RecordAccess, entryClass: EntryClass): PracticeError {
  const about = { part: isShut ? 'record' : entryClass, patientId }
  return mayBreakGlass
    ? new BreakGlassNeededError('this part of the record opens when the glass is broken, for a reason that the owner is told', {
        about,
      })
    : new NotAllowedError('this part of the record is closed to this account', { about })
}
