/**
 * Where resources lie while they are imported: they name each other in any order, and a bulk export is larger than memory. A database file of
 * their own, sealed with a key that nobody else ever has; it is gone with the process, whatever ends that.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResourceFlaw } from '@couronne/formats'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { isObject, type Json } from './json.ts'

export interface Shelved {
  /** in the order in which it was read, from 1 */
  readonly place: number
  readonly type: string
  /** within its type */
  readonly key: string
  /** as it stands in its file; of a flawed one its beginning */
  readonly text: string
  readonly flaw?: ResourceFlaw | 'no-resource'
}

export interface NewShelved extends Omit<Shelved, 'place' | 'key'> {
  /** with which it is taken out; absent: its type */
  readonly drawer?: string
  readonly resource: Json
  readonly fullUrl?: string
}

/** By which other resources are found: that of a group, that of what they complete, an identifier. */
export interface Handle {
  readonly name: string
  readonly value: string
}

interface Row {
  readonly place: number
  readonly type: string
  readonly key: string
  readonly text: Buffer
  readonly flaw: string | null
}

const ROWS_AT_ONCE = 200
const READABLE = `(flaw is null or flaw = 'wrong-encoding')`

export class Shelf implements Disposable {
  readonly #db: Sqlite.Database
  readonly #folder: string
  readonly #insert: Sqlite.Statement
  readonly #insertHandle: Sqlite.Statement
  readonly #find: Sqlite.Statement
  readonly #findPlace: Sqlite.Statement
  readonly #findUrl: Sqlite.Statement
  readonly #findHandle: Sqlite.Statement
  #pending = 0

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'couronne-import-'))
    this.#db = new Sqlite(join(this.#folder, 'shelf.db'))
    this.#db.pragma(`cipher = 'sqlcipher'`)
    this.#db.pragma('legacy = 4')
    this.#db.pragma(`key = "x'${randomBytes(32).toString('hex')}'"`)
    for (const pragma of ['journal_mode = off', 'synchronous = off', 'locking_mode = exclusive', 'temp_store = memory'])
      this.#db.pragma(pragma)
    this.#db.exec(`
      create table resource (place integer primary key, drawer text not null, type text not null, key text not null, url text, text blob not null, flaw text);
      create index by_drawer on resource (drawer);
      create index by_key on resource (type, key);
      create index by_url on resource (url) where url is not null;
      create table handle (name text not null, value text not null, type text not null, place integer not null,
        primary key (name, value, type, place)) without rowid;
    `)
    // Where the system lets it: whoever looks into the folder finds nothing, and a kill leaves nothing.
    if (process.platform !== 'win32') rmSync(this.#folder, { recursive: true, force: true })
    this.#insert = this.#db.prepare('insert into resource (drawer, type, key, url, text, flaw) values (?, ?, ?, ?, ?, ?)')
    this.#insertHandle = this.#db.prepare('insert or ignore into handle values (?, ?, ?, ?)')
    this.#find = this.#db.prepare(`select * from resource where type = ? and key = ? and ${READABLE} order by place limit 1`)
    this.#findPlace = this.#db.prepare(
      `select place from resource where type = ? and key = ? and ${READABLE} order by place limit 1`,
    )
    this.#findUrl = this.#db.prepare(`select * from resource where url = ? and ${READABLE} order by place limit 1`)
    this.#findHandle = this.#db.prepare(
      'select resource.* from handle join resource using (place) where name = ? and value = ? and handle.type = ? order by place limit 100',
    )
  }

  /** @returns the key under which it lies */
  put({ type, drawer = type, text, resource, fullUrl, flaw }: NewShelved, handles: readonly Handle[]): string {
    if (this.#pending === 0) this.#db.exec('begin')
    const key = keyOf(resource, fullUrl, text)
    const { lastInsertRowid: place } = this.#insert.run(drawer, type, key, fullUrl ?? null, Buffer.from(text), flaw ?? null)
    for (const { name, value } of handles) this.#insertHandle.run(name, value, type, place)
    if (++this.#pending >= ROWS_AT_ONCE) this.settle()
    return key
  }

  /** Before anything is read. */
  settle(): void {
    if (this.#pending > 0) this.#db.exec('commit')
    this.#pending = 0
  }

  find(type: string, key: string): Json | undefined {
    return parsed(this.#find.get(type, key) as Row | undefined)?.resource
  }

  placeOf(type: string, key: string): number | undefined {
    return (this.#findPlace.get(type, key) as { place: number } | undefined)?.place
  }

  findByUrl(url: string): ParsedShelved | undefined {
    return parsed(this.#findUrl.get(url) as Row | undefined)
  }

  /** Resources of a type that have a handle, in their order; at most a hundred. */
  findByHandle(type: string, { name, value }: Handle): ParsedShelved[] {
    return (this.#findHandle.all(name, value, type) as Row[]).map(parsed).filter((each) => each !== undefined)
  }

  /** Numbers of resources by drawer. */
  count(): ReadonlyMap<string, number> {
    const rows = this.#db.prepare('select drawer, count(*) as count from resource group by drawer order by drawer').all()
    return new Map((rows as { drawer: string; count: number }[]).map(({ drawer, count }) => [drawer, count]))
  }

  /** All of a drawer, in the order in which they were read. Others have their turn between pages. */
  async *all(drawer: string): AsyncGenerator<Shelved> {
    const page = this.#db.prepare(`select * from resource where drawer = ? and place > ? order by place limit ${ROWS_AT_ONCE}`)
    for (let place = 0; ; ) {
      const rows = page.all(drawer, place) as Row[]
      for (const row of rows) yield shelved(row)
      if (rows.length < ROWS_AT_ONCE) return
      place = rows.at(-1)!.place
      await new Promise(setImmediate)
    }
  }

  [Symbol.dispose](): void {
    this.#db.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export interface ParsedShelved extends Shelved {
  readonly resource: Json
}

function parsed(row: Row | undefined): ParsedShelved | undefined {
  if (row === undefined) return undefined
  const value: unknown = JSON.parse(row.text.toString())
  return isObject(value) ? { ...shelved(row), resource: value } : undefined
}

function shelved({ place, type, key, text, flaw }: Row): Shelved {
  return { place, type, key, text: text.toString(), ...(flaw === null ? {} : { flaw: flaw as NonNullable<Shelved['flaw']> }) }
}

/** Its id; what its bundle calls it where it has none; what it says where it has neither. */
function keyOf({ id }: Json, fullUrl: string | undefined, text: string): string {
  if (typeof id === 'string' && /^[\w.-]{1,100}$/.test(id)) return id
  if (fullUrl !== undefined) return fullUrl.replace(/^urn:(uuid|oid):/, '').slice(0, 200)
  return `sha256-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
}
