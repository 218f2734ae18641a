/** Practitioners, and under which contract each has practised here, when. None is deleted: their patients' records name them. */
import type { z } from 'zod'
import { type Db, instantText, newId, type Tx } from '#database'
import { ConflictError, InvalidInputError, NotFoundError } from '#errors'
import type { OpenPractice } from '#open-practice'
import type { addPracticeRole, addPractitioner, changePractitioner, Practitioner } from './contract.ts'
import { parseRpps } from './rpps.ts'

type RoleFacts = z.output<(typeof addPracticeRole)['body']>

/** By name; those who have left too. */
export async function listPractitionersOf(db: Db, practice: OpenPractice): Promise<readonly Practitioner[]> {
  const rows = await db
    .selectFrom('practitioner')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .orderBy('family_name')
    .orderBy('given_name')
    .orderBy('id')
    .execute()
  const roles = await db
    .selectFrom('practice_role')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .orderBy('from_on')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    familyName: row.family_name,
    givenName: row.given_name,
    ...(row.rpps === null ? {} : { rpps: row.rpps }),
    roles: roles
      .filter((role) => role.practitioner_id === row.id)
      .map((role) => ({
        id: role.id,
        status: role.status as RoleFacts['status'],
        fromOn: role.from_on,
        ...(role.to_on === null ? {} : { toOn: role.to_on }),
      })),
  }))
}

/** @throws {NotFoundError} */
export async function getPractitioner(db: Db, practice: OpenPractice, id: string): Promise<Practitioner> {
  const found = (await listPractitionersOf(db, practice)).find((practitioner) => practitioner.id === id)
  if (found === undefined) throw new NotFoundError('no such practitioner')
  return found
}

/** @throws {InvalidInputError} no such practitioner, naming the field */
export async function requirePractitioner(db: Db, practice: OpenPractice, id: string): Promise<void> {
  const found = await db
    .selectFrom('practitioner')
    .select('id')
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .executeTakeFirst()
  if (found !== undefined) return
  const message = 'there is no such practitioner'
  throw new InvalidInputError(message, [{ path: 'practitionerId', problem: 'unknown', message }])
}

/** @throws {InvalidInputError} the RPPS number or the dates do not hold; {@link ConflictError} the number is another practitioner's */
export async function createPractitioner(
  tx: Tx,
  practice: OpenPractice,
  wanted: z.output<(typeof addPractitioner)['body']>,
): Promise<Practitioner> {
  const rpps = wanted.rpps === undefined ? null : parseRpps(wanted.rpps)
  await refuseTakenRpps(tx, practice, rpps, undefined)
  const id = newId()
  await tx
    .insertInto('practitioner')
    .values({
      id,
      practice_id: practice.id,
      family_name: wanted.familyName,
      given_name: wanted.givenName,
      rpps,
      created_at: instantText(practice.now()),
    })
    .execute()
  await insertRole(tx, practice, id, wanted.role)
  return getPractitioner(tx, practice, id)
}

/** @throws as {@link createPractitioner}; {@link NotFoundError} */
export async function correctPractitioner(
  tx: Tx,
  practice: OpenPractice,
  id: string,
  change: z.output<(typeof changePractitioner)['body']>,
): Promise<Practitioner> {
  const before = await getPractitioner(tx, practice, id)
  const rpps = change.rpps === undefined ? (before.rpps ?? null) : change.rpps === null ? null : parseRpps(change.rpps)
  await refuseTakenRpps(tx, practice, rpps, id)
  await tx
    .updateTable('practitioner')
    .set({ family_name: change.familyName ?? before.familyName, given_name: change.givenName ?? before.givenName, rpps })
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .execute()
  return getPractitioner(tx, practice, id)
}

/** @throws {InvalidInputError} the dates do not hold, or meet those of another contract; {@link NotFoundError} */
export async function addRole(tx: Tx, practice: OpenPractice, practitionerId: string, facts: RoleFacts): Promise<Practitioner> {
  const { roles } = await lockPractitioner(tx, practice, practitionerId)
  refuseMeeting(facts, roles)
  await insertRole(tx, practice, practitionerId, facts)
  return getPractitioner(tx, practice, practitionerId)
}

/** @throws as {@link addRole} */
export async function changeRole(
  tx: Tx,
  practice: OpenPractice,
  practitionerId: string,
  roleId: string,
  facts: RoleFacts,
): Promise<Practitioner> {
  const { roles } = await lockPractitioner(tx, practice, practitionerId)
  if (!roles.some((role) => role.id === roleId)) throw new NotFoundError('no such contract')
  refuseMeeting(
    facts,
    roles.filter((role) => role.id !== roleId),
  )
  await tx
    .updateTable('practice_role')
    .set({ status: facts.status, from_on: facts.fromOn, to_on: facts.toOn ?? null })
    .where('practice_id', '=', practice.id)
    .where('id', '=', roleId)
    .execute()
  return getPractitioner(tx, practice, practitionerId)
}

/** @throws {ConflictError} it is the only one */
export async function removeRole(tx: Tx, practice: OpenPractice, practitionerId: string, roleId: string): Promise<Practitioner> {
  const { roles } = await lockPractitioner(tx, practice, practitionerId)
  if (!roles.some((role) => role.id === roleId)) throw new NotFoundError('no such contract')
  if (roles.length === 1) throw new ConflictError('the only contract stays: correct it instead')
  await tx.deleteFrom('practice_role').where('practice_id', '=', practice.id).where('id', '=', roleId).execute()
  return getPractitioner(tx, practice, practitionerId)
}

/** Whether two periods have a day in common; both ends are inclusive, no end is for ever. */
export function periodsMeet(
  one: { readonly fromOn: string; readonly toOn?: string | undefined },
  other: { readonly fromOn: string; readonly toOn?: string | undefined },
): boolean {
  return (one.toOn === undefined || other.fromOn <= one.toOn) && (other.toOn === undefined || one.fromOn <= other.toOn)
}

function refuseMeeting(facts: RoleFacts, others: Practitioner['roles']): void {
  refuseBackwards(facts)
  if (others.some((other) => periodsMeet(facts, other))) throw wrongDates('fromOn', 'another contract holds on the same day')
}

function refuseBackwards(facts: RoleFacts): void {
  if (facts.toOn !== undefined && facts.toOn < facts.fromOn) throw wrongDates('toOn', 'the last day is before the first')
}

async function insertRole(tx: Tx, practice: OpenPractice, practitionerId: string, facts: RoleFacts): Promise<void> {
  refuseBackwards(facts)
  await tx
    .insertInto('practice_role')
    .values({
      id: newId(),
      practice_id: practice.id,
      practitioner_id: practitionerId,
      status: facts.status,
      from_on: facts.fromOn,
      to_on: facts.toOn ?? null,
    })
    .execute()
}

/** Two who change contracts at once wait for each other here. */
async function lockPractitioner(tx: Tx, practice: OpenPractice, id: string): Promise<Practitioner> {
  await tx
    .updateTable('practitioner')
    .set((row) => ({ family_name: row.ref('family_name') }))
    .where('practice_id', '=', practice.id)
    .where('id', '=', id)
    .execute()
  return getPractitioner(tx, practice, id)
}

async function refuseTakenRpps(tx: Tx, practice: OpenPractice, rpps: string | null, id: string | undefined): Promise<void> {
  if (rpps === null) return
  const found = await tx
    .selectFrom('practitioner')
    .select('id')
    .where('practice_id', '=', practice.id)
    .where('rpps', '=', rpps)
    .executeTakeFirst()
  if (found !== undefined && found.id !== id) throw new ConflictError('this RPPS number is another practitioner’s')
}

function wrongDates(path: string, message: string): InvalidInputError {
  return new InvalidInputError(`contract: ${message}`, [{ path, problem: 'dates', message }])
}
