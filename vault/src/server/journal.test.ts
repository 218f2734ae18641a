import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { findUntold, Journal, type JournalEntry, readJournal } from './journal.ts'
import { journalFileOf } from './layout.ts'
import { aFolder, anObject } from './testing.ts'

const AT = Temporal.Instant.from('2026-11-23T08:00:00.123456789Z')
const stored = (name = anObject(8).name): JournalEntry => {
  return { at: AT, event: 'stored', account: 'cabinet', role: 'writer', kind: 'data', name, sizeBytes: 8, from: '192.0.2.1' }
}
const read = (folder: string) => Array.fromAsync(readJournal(folder, 'cabinet'))

test('what was added is read in order, to the nanosecond', async () => {
  const folder = aFolder()
  const entries = [stored(), stored(), { at: AT, event: 'warned', account: 'cabinet', role: 'server', reason: 'odd' } as const]
  {
    await using journal = await Journal.open(journalFileOf(folder, 'cabinet'))
    for (const entry of entries) await journal.add(entry)
  }
  assert.deepEqual(await read(folder), entries)
})

test('no journal is an empty one', async () => assert.deepEqual(await read(aFolder()), []))

test('others cannot read it', async () => {
  const path = journalFileOf(aFolder(), 'cabinet')
  await using _ = await Journal.open(path)
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a thousand at once are all written, whole', async () => {
  const folder = aFolder()
  await using journal = await Journal.open(journalFileOf(folder, 'cabinet'))
  const entries = Array.from({ length: 1000 }, () => stored())
  await Promise.all(entries.map((entry) => journal.add(entry)))
  assert.deepEqual(await read(folder), entries)
})

test('a line added just when a batch ends is not forgotten', async () => {
  const folder = aFolder()
  await using journal = await Journal.open(journalFileOf(folder, 'cabinet'))
  for (let i = 0; i < 50; i++) await journal.add(stored()).then(() => journal.add(stored()))
  assert.equal((await read(folder)).length, 100)
})

test('a last line torn at any byte is left out when read, and cut off when opened', async () => {
  const folder = aFolder()
  const path = journalFileOf(folder, 'cabinet')
  const whole = `${JSON.stringify(stored())}\n`
  const torn = `${JSON.stringify(stored())}\n`
  mkdirSync(dirname(path), { recursive: true })
  for (let cut = 1; cut < torn.length; cut++) {
    writeFileSync(path, whole + torn.slice(0, cut))
    assert.equal((await read(folder)).length, 1, `cut at ${cut}`)
    {
      await using journal = await Journal.open(path)
      assert.equal(readFileSync(path, 'utf8'), whole, `cut at ${cut}`)
      if (cut === 10) await journal.add(stored())
    }
  }
})

test('a torn line longer than one read back is cut off too, and a journal of nothing else becomes empty', async () => {
  const path = journalFileOf(aFolder(), 'cabinet')
  mkdirSync(dirname(path), { recursive: true })
  for (const before of ['', `${JSON.stringify(stored())}\n`]) {
    writeFileSync(path, before + 'x'.repeat(200_000))
    await using _ = await Journal.open(path)
    assert.equal(readFileSync(path, 'utf8'), before)
  }
})

test('damaged lines are told with their number, those around them are read', async () => {
  const folder = aFolder()
  const path = journalFileOf(folder, 'cabinet')
  const entry = stored()
  const line = `${JSON.stringify(entry)}\n`
  const damages = [
    '\n',
    'junk\n',
    line.replace('stored', 'stolen'),
    line.replace('2026', '20x6'),
    line.replace('"data"', '"date"'),
    'null\n',
  ]
  mkdirSync(dirname(path), { recursive: true })
  for (const damage of [...damages, `${'x'.repeat(300_000)}\n`]) {
    writeFileSync(path, line + damage + line)
    const entries = await read(folder)
    assert.deepEqual(
      entries.map(({ event }) => event),
      ['stored', 'unreadable', 'stored'],
    )
    assert.equal(entries[1]?.reason, 'line 2')
  }
})

test('a journal that grows can be read', async () => {
  const folder = aFolder()
  await using journal = await Journal.open(journalFileOf(folder, 'cabinet'))
  await journal.add(stored())
  const seen: number[] = []
  for (let i = 0; i < 5; i++) {
    const adding = Promise.all(Array.from({ length: 100 }, () => journal.add(stored())))
    seen.push((await read(folder)).filter(({ event }) => event === 'stored').length)
    await adding
  }
  assert.ok(
    seen.every((count, i) => count >= 1 + 100 * i && count <= 101 + 100 * i),
    String(seen),
  )
})

test('which objects the journal does not know: those never stored, and those removed since', async () => {
  const folder = aFolder()
  await using journal = await Journal.open(journalFileOf(folder, 'cabinet'))
  const [a, b, c, d] = ['aa', 'bb', 'cc', 'dd'].map((name) => name.repeat(32)) as [string, string, string, string]
  await journal.add(stored(a))
  await journal.add(stored(b))
  await journal.add({ ...stored(b), event: 'removed' })
  await journal.add({ ...stored(d), event: 'recovered' })
  const objects = new Set([a, b, c, d].map((name) => `data/${name}`))
  assert.deepEqual([...(await findUntold(folder, 'cabinet', objects))].sort(), [`data/${b}`, `data/${c}`])
})

test('a journal keeps adding after lines that somebody else wrote', async () => {
  const folder = aFolder()
  const path = journalFileOf(folder, 'cabinet')
  await using journal = await Journal.open(path)
  await journal.add(stored())
  appendFileSync(path, `${JSON.stringify(stored())}\n`)
  await journal.add(stored())
  assert.equal((await read(folder)).length, 3)
  truncateSync(path, 0)
  await journal.add(stored())
  assert.equal((await read(folder)).length, 1)
})
