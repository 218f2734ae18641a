/** Import sources, and what people say of them, in the database. */
import { type Db, instantText, newId, type Tx } from '#database'
import { ConflictError, NotFoundError } from '#errors'
import { seal, unseal } from '#keys'
import type { Actor, OpenPractice } from '#open-practice'
import { type Place, placeSchema } from './contract.ts'

export interface StoredSource {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly place: Place
  /** YAML; empty: nobody has said yet what its columns mean */
  readonly yaml: string
  readonly hasPassword: boolean
  readonly followedAt: string | undefined
  readonly followedOn: string | undefined
  readonly createdBy: string
  readonly createdAt: string
  readonly filesRemovedAt: string | undefined
}

const NAME_CHARACTERS_MAX = 50

/** @throws {ConflictError} two of one name at once */
export async function insertSource(
  tx: Tx,
  practice: OpenPractice,
  actor: Actor,
  { title, place, yaml }: { readonly title: string; readonly place: Place; readonly yaml: (name: string) => string },
): Promise<string> {
  const id = newId()
  const name = await freeName(tx, practice.id, title)
  await tx
    .insertInto('import_source')
    .values({ id, practice_id: practice.id, name, profile: yaml(name), created_at: instantText(practice.now()) })
    .execute()
  await tx
    .insertInto('import_setting')
    .values({
      source_id: id,
      practice_id: practice.id,
      title,
      place: JSON.stringify(place),
      files_key: null,
      files_removed_at: null,
      password: null,
      followed_at: null,
      followed_on: null,
      created_by: actor.accountId,
      removed_at: null,
    })
    .execute()
  return id
}

/** A source's name is its profile's, and what the command line calls it. */
async function freeName(tx: Tx, practiceId: string, title: string): Promise<string> {
  const plain = title
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
  const name = plain.replaceAll(/^-+|-+$/g, '').slice(0, NAME_CHARACTERS_MAX) || 'source'
  const rows = await tx.selectFrom('import_source').select('name').where('practice_id', '=', practiceId).execute()
  const taken = new Set(rows.map((row) => row.name))
  let free = name
  for (let times = 2; taken.has(free); times++) free = `${name}-${times}`
  return free
}

function sources(db: Db, practiceId: string) {
  return db
    .selectFrom('import_source')
    .innerJoin('import_setting', 'import_setting.source_id', 'import_source.id')
    .select([
      'import_source.id',
      'name',
      'title',
      'place',
      'profile',
      'password',
      'followed_at',
      'followed_on',
      'created_by',
      'created_at',
      'files_removed_at',
    ])
    .where('import_source.practice_id', '=', practiceId)
    .where('import_setting.practice_id', '=', practiceId)
    .where('removed_at', 'is', null)
}

/** By title. */
export async function listSources(db: Db, practiceId: string): Promise<StoredSource[]> {
  return (await sources(db, practiceId).orderBy('title').orderBy('import_source.id').limit(500).execute()).map(toSource)
}

/** @throws {NotFoundError} */
export async function getSource(db: Db, practiceId: string, id: string): Promise<StoredSource> {
  const row = await sources(db, practiceId).where('import_source.id', '=', id).executeTakeFirst()
  if (row === undefined) throw new NotFoundError('there is no such import source', { about: { source: id } })
  return toSource(row)
}

export interface SourceChange {
  readonly title?: string
  readonly followedAt?: string | null
  readonly password?: string | null
  readonly followedOn?: string | null
  readonly removedAt?: string
}

export async function changeSource(tx: Tx, practice: OpenPractice, id: string, change: SourceChange): Promise<void> {
  const { title, followedAt, followedOn, password, removedAt } = change
  const values = {
    ...(title === undefined ? {} : { title }),
    ...(followedAt === undefined ? {} : { followed_at: followedAt }),
    ...(followedOn === undefined ? {} : { followed_on: followedOn }),
    ...(password === undefined ? {} : { password: password === null ? null : sealPassword(practice, id, password) }),
    ...(removedAt === undefined ? {} : { removed_at: removedAt, followed_at: null, password: null }),
  }
  if (Object.keys(values).length === 0) return
  await tx.updateTable('import_setting').set(values).where('practice_id', '=', practice.id).where('source_id', '=', id).execute()
}

/** Notes that a night's import is begun. @returns false when another server has done so */
export async function claimNight(
  tx: Tx,
  practice: OpenPractice,
  id: string,
  on: string,
  before: string | undefined,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('import_setting')
    .set({ followed_on: on })
    .where('practice_id', '=', practice.id)
    .where('source_id', '=', id)
    .where('followed_on', before === undefined ? 'is' : '=', before ?? null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function saveProfile(tx: Tx, practiceId: string, id: string, yaml: string): Promise<void> {
  await tx
    .updateTable('import_source')
    .set({ profile: yaml })
    .where('practice_id', '=', practiceId)
    .where('id', '=', id)
    .execute()
}

/** Of its database. @throws {ConflictError} none is kept */
export async function loadPassword(practice: OpenPractice, id: string): Promise<string> {
  const row = await practice.db
    .selectFrom('import_setting')
    .select('password')
    .where('practice_id', '=', practice.id)
    .where('source_id', '=', id)
    .executeTakeFirst()
  if (row?.password == null) throw new ConflictError('no password is kept for this source', { about: { source: id } })
  return Buffer.from(unseal(practice.master.derive('secrets'), row.password, passwordContext(practice.id, id))).toString()
}

function sealPassword(practice: OpenPractice, id: string, password: string): Buffer {
  return Buffer.from(seal(practice.master.derive('secrets'), Buffer.from(password), passwordContext(practice.id, id)))
}

function passwordContext(practiceId: string, sourceId: string): string {
  return `couronne import password ${practiceId} ${sourceId}`
}

function toSource(row: {
  id: string
  name: string
  title: string
  place: string
  profile: string
  password: Uint8Array | null
  followed_at: string | null
  followed_on: string | null
  created_by: string
  created_at: string
  files_removed_at: string | null
}): StoredSource {
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    place: placeSchema.parse(JSON.parse(row.place)),
    yaml: row.profile,
    hasPassword: row.password !== null,
    followedAt: row.followed_at ?? undefined,
    followedOn: row.followed_on ?? undefined,
    createdBy: row.created_by,
    createdAt: row.created_at,
    filesRemovedAt: row.files_removed_at ?? undefined,
  }
}
