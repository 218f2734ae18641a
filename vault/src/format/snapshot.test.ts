import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormatError } from '#errors'
import { decodeLock, encodeLock, type LockFile } from './lock.ts'
import { HELLO_ID } from './sample.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts'
import { decodeText, encodeText } from './text.ts'

const OTHER = 'ab'.repeat(32)
const SUMMARY =
  '{"backup_start":"2024-03-01T10:00:00Z","backup_end":"2024-03-01T10:00:09Z","files_new":1,"files_changed":2,"files_unmodified":3,"dirs_new":4,"dirs_changed":5,"dirs_unmodified":6,"data_blobs":7,"tree_blobs":8,"data_added":9,"data_added_packed":10,"total_files_processed":11,"total_bytes_processed":12}'
const FULL = `{"time":"2024-03-01T10:00:00.5+01:00","parent":"${OTHER}","tree":"${HELLO_ID}","paths":["/home/é"],"hostname":"h","username":"u","uid":1000,"gid":100,"excludes":["*.tmp"],"tags":["a","b"],"original":"${OTHER}","program_version":"restic 0.18.0","summary":${SUMMARY}}`

test('a full snapshot is written as it was read', () => {
  const snapshot = decodeSnapshot(encodeText(FULL))
  assert.equal(snapshot.parent, OTHER)
  assert.equal(snapshot.summary?.data_added_packed, 10)
  assert.deepEqual(snapshot.tags, ['a', 'b'])
  assert.equal(decodeText(encodeSnapshot(snapshot)), FULL)
})

test('the least snapshot has a time, a tree and paths', () => {
  const least = `{"time":"2024-03-01T10:00:00Z","tree":"${HELLO_ID}","paths":[]}`
  const snapshot = decodeSnapshot(encodeText(least))
  assert.deepEqual(
    { ...snapshot },
    {
      ...{ time: '2024-03-01T10:00:00Z', tree: HELLO_ID, paths: [], hostname: '', username: '', uid: 0, gid: 0 },
      ...{ excludes: [], tags: [], programVersion: '', extra: {} },
    },
  )
  assert.equal(decodeText(encodeSnapshot(snapshot)), least)
})

test('null members are absent ones', () => {
  const names = [
    'parent',
    'paths',
    'hostname',
    'username',
    'uid',
    'gid',
    'excludes',
    'tags',
    'original',
    'program_version',
    'summary',
  ]
  const nulls = names.map((name) => `"${name}":null`).join()
  const snapshot = decodeSnapshot(encodeText(`{"time":"2024-03-01T10:00:00Z","tree":"${HELLO_ID}",${nulls}}`))
  assert.deepEqual(snapshot.paths, [])
  assert.equal('parent' in snapshot || 'summary' in snapshot, false)
})

test('members of others are kept and written last', () => {
  const text = FULL.replace('{', '{"label":"x","delete":{"After":"2030-01-01T00:00:00Z"},')
  const snapshot = decodeSnapshot(encodeText(text))
  assert.deepEqual(snapshot.extra, { label: 'x', delete: { After: '2030-01-01T00:00:00Z' } })
  assert.equal(
    decodeText(encodeSnapshot(snapshot)),
    FULL.replace(/\}$/, ',"label":"x","delete":{"After":"2030-01-01T00:00:00Z"}}'),
  )
})

test('members that others add to the summary are kept', () => {
  const text = FULL.replace('"files_new"', '"command":"backup","files_new"')
  assert.match(decodeText(encodeSnapshot(decodeSnapshot(encodeText(text)))), /"command":"backup"/)
})

test('an extra member cannot take the place of a known one', () => {
  const snapshot = { ...decodeSnapshot(encodeText(FULL)), extra: { tree: 'x', note: 1 } }
  assert.equal(decodeSnapshot(encodeSnapshot(snapshot)).tree, HELLO_ID)
})

test('what is no snapshot is refused', () => {
  const bad = [
    '',
    '[]',
    '{}',
    FULL.replace('2024-03-01T10:00:00.5+01:00', 'yesterday'),
    FULL.replace(`"tree":"${HELLO_ID}"`, '"tree":"x"'),
    FULL.replace(`"tree":"${HELLO_ID}"`, '"tree":null'),
    FULL.replace('["/home/é"]', '"/home/é"'),
    FULL.replace('["/home/é"]', '[1]'),
    FULL.replace('"uid":1000', '"uid":-1'),
    FULL.replace('"uid":1000', '"uid":"1000"'),
    FULL.replace('"hostname":"h"', '"hostname":{}'),
    FULL.replace(SUMMARY, '[]'),
    FULL.replace('"files_new":1', '"files_new":"many"'),
  ]
  for (const text of bad) assert.throws(() => decodeSnapshot(encodeText(text)), FormatError, text)
})

const LOCK: LockFile = { time: '2024-03-01T10:00:00Z', exclusive: true, hostname: 'h', username: 'u', pid: 4, uid: 1000, gid: 0 }

test('a lock is written as restic writes it and read back', () => {
  const text = '{"time":"2024-03-01T10:00:00Z","exclusive":true,"hostname":"h","username":"u","pid":4,"uid":1000}'
  assert.equal(decodeText(encodeLock(LOCK)), text)
  assert.deepEqual(decodeLock(encodeText(text)), LOCK)
  assert.deepEqual(decodeLock(encodeLock({ ...LOCK, exclusive: false, gid: 7 })), { ...LOCK, exclusive: false, gid: 7 })
})

test('what is no lock is refused', () => {
  const good = decodeText(encodeLock(LOCK))
  const bad = [
    '',
    '{}',
    'null',
    good.replace('2024', '20x4'),
    good.replace('"pid":4', '"pid":"4"'),
    good.replace('true', '"yes"'),
  ]
  for (const text of bad) assert.throws(() => decodeLock(encodeText(text)), FormatError, text)
})
