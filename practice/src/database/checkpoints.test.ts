/** The write-ahead log goes into the database in a thread of its own: nobody waits, nothing is lost, and it does not grow for ever. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { Checkpoints } from './checkpoints.ts'
import { unlock } from './unlock.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-checkpoints-'))
after(() => rmSync(top, { recursive: true, force: true }))

const KEY = new Uint8Array(32).fill(7)
const LIMITS = { waiting: 50, log: 200 }
/** Of 4 KiB. */
const PAGES_A_COMMIT = 20

function openFile(name: string) {
  const file = join(top, name)
  const connection = new Sqlite(file)
  unlock(connection, KEY)
  connection.pragma('journal_mode = WAL')
  connection.exec('create table page (id integer primary key, bytes blob)')
  const insert = connection.prepare('insert into page (bytes) values (?)')
  const commitPages = connection.transaction(() => {
    for (let i = 0; i < PAGES_A_COMMIT; i++) insert.run(randomBytes(3_900))
  })
  return { file, connection, commitPages }
}

function frames(connection: Sqlite.Database): { log: number; checkpointed: number } {
  const [state] = connection.pragma('wal_checkpoint(noop)') as [{ log: number; checkpointed: number }]
  return state
}

test('a log of some length goes into the database, and is begun again at the end of its limit', async () => {
  const { file, connection, commitPages } = openFile('grows.db')
  const checkpoints = new Checkpoints(connection, { file, key: KEY }, LIMITS)
  let longest = 0
  for (let i = 0; i < 100; i++) {
    commitPages()
    await checkpoints.committed()
    longest = Math.max(longest, frames(connection).log)
  }
  assert.ok(longest < LIMITS.log + 3 * PAGES_A_COMMIT, `${longest} pages`)
  assert.ok(statSync(file).size > 50 * PAGES_A_COMMIT * 4096, 'most of it is in the database before anybody closes it')
  assert.equal(connection.prepare('select count(*) from page').pluck().get(), 100 * PAGES_A_COMMIT)
  await checkpoints.close()
  connection.close()
  assert.ok(!existsSync(`${file}-wal`), 'the last to close leaves no log')
  const again = new Sqlite(file)
  unlock(again, KEY)
  assert.equal(again.pragma('integrity_check', { simple: true }), 'ok')
  again.close()
})

test('somebody who reads elsewhere holds the log back, and nobody up', async () => {
  const { file, connection, commitPages } = openFile('read.db')
  commitPages()
  const reader = new Sqlite(file)
  unlock(reader, KEY)
  const rows = reader.prepare('select id from page').iterate()
  rows.next()
  const checkpoints = new Checkpoints(connection, { file, key: KEY }, LIMITS)
  for (let i = 0; i < 30; i++) {
    commitPages()
    await checkpoints.committed()
  }
  assert.ok(frames(connection).log > LIMITS.log, 'what the reader sees must stay')
  rows.return?.()
  for (let i = 0; i < 2; i++) {
    commitPages()
    await checkpoints.committed()
  }
  assert.ok(frames(connection).log < LIMITS.log, 'it is begun again when they have read')
  reader.close()
  await checkpoints.close()
  connection.close()
})

test('a thread that cannot open the file costs nothing but its work', async () => {
  const { file, connection, commitPages } = openFile('other.db')
  const checkpoints = new Checkpoints(connection, { file, key: new Uint8Array(32) }, LIMITS)
  for (let i = 0; i < 30; i++) {
    commitPages()
    await checkpoints.committed()
  }
  assert.ok(frames(connection).log < LIMITS.log + 3 * PAGES_A_COMMIT, 'the connection makes its own then')
  await checkpoints.close()
  connection.close()
})
