import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { copySqlite, openPostgresql } from '#database'
import { WrongKeyError } from '#errors'
import { keepHead, keptHeads, verifyJournal } from '#journal'
import { loadKeySlots, removeKeySlot } from '#keys'
import { databaseFor } from '#testing'
import { Installation } from './installation.ts'

const OWNER = { login: 'Camille', displayName: 'Dr Camille Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' } as const
const WANTED = { name: 'Cabinet d’essai', facts: {}, owner: OWNER }
const PASSPHRASE = 'une phrase que personne ne devine'

test('a practice with a passphrase is sealed after a restart, and opens with it', async () => {
  using place = aPlace()
  {
    await using installation = await place.start()
    assert.equal(installation.state().kind, 'empty')
    await installation.createPractice({ ...WANTED, passphrase: PASSPHRASE })
    assert.equal(installation.state().kind, 'open')
  }
  await using again = await place.start()
  assert.equal(again.state().kind, 'sealed')
  assert.throws(() => again.practice(), { code: 'sealed' })
  await assert.rejects(again.unseal({ kind: 'passphrase', passphrase: 'une autre phrase tout à fait' }), WrongKeyError)
  const practice = await again.unseal({ kind: 'passphrase', passphrase: PASSPHRASE })
  assert.deepEqual((await verifyJournal(practice.db, practice.id)).breaks, [])
})

test('the recovery kit opens it too, in capitals, with accents lost and line breaks', async () => {
  using place = aPlace()
  const words = await place.create({ ...WANTED, passphrase: PASSPHRASE })
  assert.equal(words.split(' ').length, 24)
  await using again = await place.start()
  const typed = words.toUpperCase().normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(' ', '\n')
  assert.ok(await again.unseal({ kind: 'recovery-kit', words: typed }))
})

test('a word of the kit that was misread is named by its place', async () => {
  using place = aPlace()
  const words = (await place.create({ ...WANTED, passphrase: PASSPHRASE })).split(' ')
  await using again = await place.start()
  const misread = words.with(4, 'xyzzy').join(' ')
  await assert.rejects(again.unseal({ kind: 'recovery-kit', words: misread }), /not in the list: word 5/)
  const swapped = [words[1], words[0], ...words.slice(2)].join(' ')
  await assert.rejects(again.unseal({ kind: 'recovery-kit', words: swapped }))
})

test('without a passphrase this machine opens it by itself, and no other does', async () => {
  using place = aPlace()
  await place.create(WANTED)
  {
    await using again = await place.start()
    assert.equal(again.state().kind, 'open')
  }
  rmSync(join(place.top, 'keys'), { recursive: true })
  await using elsewhere = await place.start()
  assert.equal(elsewhere.state().kind, 'sealed')
})

test('a key file of another practice opens nothing, and a key file that is damaged is passed over', async () => {
  using place = aPlace()
  await place.create(WANTED)
  const [name] = readdirSync(join(place.top, 'keys'))
  writeFileSync(join(place.top, 'keys', name as string), Buffer.alloc(32, 7))
  await using again = await place.start()
  assert.equal(again.state().kind, 'sealed')
})

test('nothing of the practice can be read in its files without the key', async () => {
  using place = aPlace()
  await place.create(WANTED)
  for (const file of readdirSync(join(place.top, 'data', 'practice'))) {
    const bytes = readFileSync(join(place.top, 'data', 'practice', file))
    for (const secret of ['Cabinet d’essai', 'Camille', 'SQLite format 3'])
      assert.ok(!bytes.includes(secret), `${file}: ${secret}`)
  }
})

test('two at once: the second is told that the folder is in use', async () => {
  using place = aPlace()
  await using _first = await place.start()
  await assert.rejects(place.start(), { code: 'folder-in-use' })
})

test('a set-up that was killed before its end leaves an empty installation, and what there was aside', async () => {
  using place = aPlace()
  await place.create(WANTED)
  const practice = join(place.top, 'data', 'practice')
  rmSync(join(practice, 'key-slots.json')) // it is written last
  await using again = await place.start()
  assert.equal(again.state().kind, 'empty')
  await again.createPractice(WANTED)
  assert.equal(again.state().kind, 'open')
  assert.equal(readdirSync(join(place.top, 'data')).filter((name) => name.startsWith('practice.abandoned')).length, 1)
})

test('one’s own practice puts the sample away', async () => {
  using place = aPlace()
  await using installation = await place.start()
  const filled = await installation.createSample(OWNER, 'Cabinet d’exemple', async (practice) => practice.id)
  const state = installation.state()
  assert.ok(state.kind === 'open' && state.isSample && state.practice.id === filled)
  await installation.createPractice(WANTED)
  const after = installation.state()
  assert.ok(after.kind === 'open' && !after.isSample)
  assert.ok(!existsSync(join(place.top, 'data', 'sample')))
})

test('a sample that was not finished is made anew', async () => {
  using place = aPlace()
  {
    await using installation = await place.start()
    const failing = installation.createSample(OWNER, 'Cabinet d’exemple', async () => {
      throw new Error('the power went')
    })
    await assert.rejects(failing, /the power went/)
  }
  await using again = await place.start()
  assert.equal(again.state().kind, 'empty')
  await again.createSample(OWNER, 'Cabinet d’exemple', async () => {})
  assert.equal(again.state().kind, 'open')
})

test('whoever closes waits for a set-up that is under way, and none begins after that', async () => {
  using place = aPlace()
  const installation = await place.start()
  const { promise: isFilled, resolve: fill } = Promise.withResolvers<void>()
  const making = installation.createSample(OWNER, 'Cabinet d’exemple', () => isFilled)
  const closing = installation.close()
  await assert.rejects(installation.createPractice(WANTED), { code: 'stopping' })
  await assert.rejects(place.start(), { code: 'folder-in-use' })
  fill()
  await Promise.all([making, closing])
  await using again = await place.start()
  assert.equal(again.state().kind, 'open')
})

test('of several servers that are set up at once on one database one has it, and the others are told so', async () => {
  const database = (await databaseFor('postgresql')) as string
  const places = Array.from({ length: 4 }, aPlace)
  const made = await Promise.allSettled(places.map((place) => place.create(WANTED, { database })))
  const refused = made.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code?: string }).code] : []))
  assert.deepEqual(refused, ['conflict', 'conflict', 'conflict'])
  const there = places.filter(({ top }) => existsSync(join(top, 'data', 'practice', 'key-slots.json')))
  assert.equal(there.length, 1)
  await using again = await there[0]!.start({ database })
  assert.equal(again.state().kind, 'open')
  for (const place of places) place[Symbol.dispose]()
})

test('a database that is gone is said plainly, and nothing new is made in its place', async () => {
  using place = aPlace()
  await place.create(WANTED)
  rmSync(join(place.top, 'data', 'practice', 'records.db'))
  await assert.rejects(place.start(), /restore records\.db and keyring\.db from a backup/)
  assert.ok(!existsSync(join(place.top, 'data', 'practice', 'records.db')))
})

test('a database that was damaged is refused, and stays as it is', async () => {
  using place = aPlace()
  await place.create(WANTED)
  const file = join(place.top, 'data', 'practice', 'records.db')
  const bytes = readFileSync(file)
  bytes[100] = (bytes[100] as number) ^ 1
  writeFileSync(file, bytes)
  await assert.rejects(place.start(), WrongKeyError)
  assert.deepEqual(readFileSync(file), bytes)
})

test('a database file of no bytes, or a keyring that is gone, is said plainly, and nothing new is made in its place', async () => {
  using place = aPlace()
  await place.create(WANTED)
  const folder = join(place.top, 'data', 'practice')
  for (const name of ['records.db', 'keyring.db']) {
    const bytes = readFileSync(join(folder, name))
    writeFileSync(join(folder, name), '')
    await assert.rejects(place.start(), { code: 'not-found' })
    assert.equal(readFileSync(join(folder, name)).length, 0)
    rmSync(join(folder, name))
    await assert.rejects(place.start(), { code: 'not-found', message: new RegExp(`no ${name}`) })
    assert.ok(!existsSync(join(folder, name)))
    writeFileSync(join(folder, name), bytes)
  }
  assert.ok(!existsSync(join(folder, 'copies')))
  await using installation = await place.start()
  assert.equal(installation.state().kind, 'open')
})

test('the database of another practice, or of nobody, is not taken for one’s own', async () => {
  using place = aPlace()
  using other = aPlace()
  const makeDatabase = async () => (await databaseFor('postgresql')) as string
  const [own, others, empty] = [await makeDatabase(), await makeDatabase(), await makeDatabase()]
  await place.create(WANTED, { database: own })
  await other.create(WANTED, { database: others })
  for (const database of [others, empty])
    await assert.rejects(place.start({ database }), { code: 'not-found', message: /does not hold the practice/ })
  await using db = openPostgresql(empty)
  assert.deepEqual(await db.introspection.getTables(), [])
  await using installation = await place.start({ database: own })
  assert.equal(installation.state().kind, 'open')
})

test('a damaged file is named, whichever of the two it is', async () => {
  using place = aPlace()
  await place.create(WANTED)
  const folder = join(place.top, 'data', 'practice')
  for (const name of ['records.db', 'keyring.db']) {
    const bytes = readFileSync(join(folder, name))
    for (const damaged of [bytes.with(20, ~(bytes[20] as number) & 255), bytes.subarray(0, 1000)]) {
      writeFileSync(join(folder, name), damaged)
      await assert.rejects(place.start(), { code: 'wrong-key', message: new RegExp(`/${name}: .*first page is damaged`) })
      assert.deepEqual(readFileSync(join(folder, name)), Buffer.from(damaged))
    }
    writeFileSync(join(folder, name), bytes)
  }
  const records = readFileSync(join(folder, 'records.db'))
  writeFileSync(join(folder, 'records.db'), records.subarray(0, 8192))
  await assert.rejects(place.start(), { code: 'damaged' })
})

test('a copy is made while others write, whole at one moment', async () => {
  using place = aPlace()
  await place.create(WANTED)
  await using installation = await place.start()
  const practice = installation.practice()
  const keys = { records: practice.master.derive('records'), keyring: practice.master.derive('keyring') }
  const target = join(place.top, 'copy')
  const copying = copySqlite(practice.folder, keys, target)
  for (let i = 0; i < 50; i++)
    await practice.db
      .insertInto('setting')
      .values({ practice_id: practice.id, name: `s${i}`, value: '1', changed_at: '', changed_by: '' })
      .execute()
  assert.ok((await copying) > 0)
})

test('the last way in that a person can use stays', async () => {
  using place = aPlace()
  await place.create(WANTED)
  const slots = await loadKeySlots(join(place.top, 'data', 'practice'))
  assert.ok(slots !== undefined)
  const kit = slots.slots.find((slot) => slot.kind === 'recovery-kit')
  const file = slots.slots.find((slot) => slot.kind === 'key-file')
  assert.throws(() => removeKeySlot(slots, kit?.id ?? ''), { code: 'invalid-input' })
  assert.equal(removeKeySlot(slots, file?.id ?? '').slots.length, 1)
})

test('heads of the journal that were kept are found again, and a torn line is passed over', async () => {
  using place = aPlace()
  await place.create(WANTED)
  await using installation = await place.start()
  const { folder, id } = installation.practice()
  writeFileSync(
    join(folder, 'journal-heads.jsonl'),
    `${JSON.stringify({ practiceId: id, seq: 2, hash: 'a'.repeat(64), at: 'x' })}\n{"practiceId":"${id}","seq":3`,
  )
  assert.deepEqual(await keptHeads(folder, id), [{ seq: 2, hash: 'a'.repeat(64) }])
  for (const seq of [4, 5]) await keepHead(folder, id, { seq, hash: 'b'.repeat(64) }, Temporal.Now.instant())
  assert.deepEqual(
    (await keptHeads(folder, id)).map(({ seq }) => seq),
    [2, 4, 5],
  ) // what comes behind a torn line is not lost with it
})

function aPlace() {
  const top = mkdtempSync(join(tmpdir(), 'couronne-installation-'))
  const start = (more: { readonly database?: string } = {}) =>
    Installation.start({
      folder: join(top, 'data'),
      keyFolder: join(top, 'keys'),
      now: () => Temporal.Instant.from('2026-03-02T08:00:00Z'),
      env: {},
      ...more,
    })
  return {
    top,
    start,
    create: async (wanted: Parameters<Installation['createPractice']>[0], more?: Parameters<typeof start>[0]) => {
      await using installation = await start(more)
      return (await installation.createPractice(wanted)).recoveryWords
    },
    [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }),
  }
}
