import assert from 'node:assert/strict'
import { readFileSync, renameSync, symlinkSync } from 'node:fs'
import { test } from 'node:test'
import { startRestServer } from '../peers/rest-server.ts'
import { Desk, jsonLines } from './desk.ts'

test('what was forgotten is still there on an append-only mirror, and is restored from it by the same machine', async () => {
  await using server = await startRestServer({ appendOnly: true })
  await using desk = new Desk()
  const distant = `${server.address}practice/`
  const source = desk.newSource()
  await desk.vault(['init', '-r', 'disk', '-r', distant])
  await desk.vault(['backup', '-r', 'disk', source])
  desk.write('practice/base.sql', 'encrypted by somebody else\n')
  await desk.vault(['backup', '-r', 'disk', source])
  await desk.vault(['forget', '-r', 'disk', '--keep-last', '1'])
  const { stdout } = await desk.vault(['snapshots', '-r', distant, '--json'])
  const [list] = jsonLines(stdout) as unknown as [{ id: string }[]]
  assert.equal(list.length, 2)
  await desk.vault(['restore', '-r', distant, list[0]!.id, '--target', 'back'])
  assert.match(readFileSync(desk.path('back', source, 'base.sql'), 'utf8'), /^insert into/)
})

test('so it is when the mirror is opened by another path than the one that is known', async () => {
  await using desk = new Desk()
  const source = desk.newSource()
  const [disk, drawer] = [desk.path('disk'), desk.path('drawer')]
  await desk.vault(['init', '-r', 'first', '-r', disk])
  const { stdout } = await desk.vault(['backup', '-r', 'first', source, '--json', '-q'])
  const id = jsonLines(stdout).at(-1)!.snapshot_id as string
  desk.write('practice/base.sql', 'encrypted by somebody else\n')
  await desk.vault(['backup', '-r', 'first', source])
  renameSync(disk, drawer)
  await desk.vault(['forget', '-r', 'first', '--keep-last', '1'])
  renameSync(drawer, disk)
  symlinkSync(disk, desk.path('link'))
  await desk.vault(['restore', '-r', 'link', id.slice(0, 8), '--target', 'back'])
  assert.match(readFileSync(desk.path('back', source, 'base.sql'), 'utf8'), /^insert into/)
})
