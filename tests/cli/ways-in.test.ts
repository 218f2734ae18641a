/** `couronne key` as an IT provider types it: each way in opens what it should, goes when told, and the last of a person's stays. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { openPracticeBeside, PracticeError, verifyJournal } from '@couronne/practice'
import { Desk, jsonLines } from './desk.ts'
import { type DeskPractice, makePracticeOn, serving } from './practices.ts'

describe('ways in', () => {
  let desk: Desk
  let made: DeskPractice
  before(async () => {
    desk = new Desk()
    made = await makePracticeOn(desk)
  })
  after(() => desk?.[Symbol.asyncDispose]())

  const key = (args: readonly string[], options: { allow?: number[]; env?: Record<string, string> } = {}) =>
    desk.couronne(['key', ...args], { ...options, env: { ...made.env, ...options.env } })
  const list = async () => jsonLines((await key(['list', '--json'])).stdout)
  const add = async (...args: string[]) => jsonLines((await key(['add', ...args, '--json'])).stdout)[0] as { id: string }

  test('a key file opens the practice by itself, wherever it lies, and is for this user alone', async () => {
    const file = desk.path('stick.key')
    const { id } = await add('key-file', file, '--label', 'stick')
    assert.equal(readFileSync(file).length, 32)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    await withoutMachineKey(async () => {
      assert.ok(await opensByItself())
      renameSync(file, desk.path('moved.key'))
      const alone = await desk.couronne(['journal', 'verify'], { env: made.env, allow: [1] })
      assert.match(alone.stderr, /cannot open the practice by itself.*\[wrong-key\]/s)
      const whole = await desk.couronne(['journal', 'verify', '--key-file', desk.path('moved.key')], { env: made.env })
      assert.match(whole.stdout, /^The journal is whole/)
      renameSync(desk.path('moved.key'), file)
    })
    await key(['remove', id])
    await withoutMachineKey(async () => assert.ok(!(await opensByItself())))
  })

  test('a key file is never written over, and a label too long leaves none behind', async () => {
    const file = desk.write('taken.key', 'another practice’s')
    const taken = await key(['add', 'key-file', file], { allow: [2], env: { COURONNE_LANG: 'fr' } })
    assert.match(taken.stderr, /taken\.key existe déjà, et n’est pas remplacé/)
    assert.equal(readFileSync(file, 'utf8'), 'another practice’s')
    const long = await key(['add', 'key-file', desk.path('new.key'), '--label', 'x'.repeat(101)], { allow: [2] })
    assert.match(long.stderr, /--label: 100 characters at most/)
    assert.ok(!existsSync(desk.path('new.key')))
    assert.ok(!readFileSync(desk.path('data/practice/key-slots.json'), 'utf8').includes('xxx'))
  })

  test('a passphrase from a file is added, opens, and one too short is refused', async () => {
    const file = desk.write('passphrase', 'cheval pile agrafe lune\n')
    await add('passphrase', '--new-passphrase-file', file, '--label', 'words')
    await withoutMachineKey(async () => {
      await desk.couronne(['journal', 'verify', '--passphrase-file', file], { env: made.env })
    })
    const short = await key(['add', 'passphrase', '--new-passphrase-file', desk.write('short', 'court\n')], { allow: [2] })
    assert.match(short.stderr, /sixteen characters at least/)
  })

  test('a credential that systemd hands over opens the practice as the server starts, and without it the server waits', async () => {
    const credentials = desk.path('credentials')
    mkdirSync(credentials)
    await add('systemd-credential', desk.path('credentials', 'couronne.key'), '--label', 'systemd')
    await withoutMachineKey(async () => {
      assert.equal(await stateOf({ CREDENTIALS_DIRECTORY: credentials }), 'open')
      assert.equal(await stateOf({}), 'sealed')
      desk.write('credentials-of-another/couronne.key', Buffer.alloc(32, 7))
      assert.ok(!(await opensByItself({ CREDENTIALS_DIRECTORY: desk.path('credentials-of-another') })))
    })
  })

  test('the last way in of a person stays, whatever a machine can open; each change is in the journal', async () => {
    const before = await list()
    const idOf = (kind: string) => String(before.find((slot) => slot.kind === kind)?.id)
    await key(['remove', idOf('passphrase')])
    const refused = await key(['remove', idOf('recovery-kit')], { allow: [1], env: { COURONNE_LANG: 'fr' } })
    assert.match(refused.stderr, /one passphrase or recovery kit must stay.*\[invalid-input\]/s)
    assert.match((await key(['remove', 'none'], { allow: [1] })).stderr, /\[not-found\]/)
    const kinds = (await list()).map(({ kind }) => kind)
    assert.deepEqual(kinds, ['recovery-kit', 'key-file', 'systemd-credential'])
    await using opened = await openPracticeBeside({ folder: desk.path('data'), offer: noOffer, env: {} })
    const { db, id } = opened.practice
    const { breaks } = await verifyJournal(db, id)
    assert.deepEqual(breaks, [])
    const told = await db
      .selectFrom('journal_entry')
      .select('action')
      .where('action', 'like', 'key-slot.%')
      .orderBy('seq')
      .execute()
    assert.deepEqual(
      told.map(({ action }) => action.replace('key-slot.', '')),
      ['added', 'removed', 'added', 'added', 'removed'],
    )
  })

  /** As when the disk with the machine's own key file is not there. */
  async function withoutMachineKey(work: () => Promise<void>): Promise<void> {
    renameSync(desk.path('keys'), desk.path('keys-away'))
    try {
      await work()
    } finally {
      renameSync(desk.path('keys-away'), desk.path('keys'))
    }
  }

  /** Without asking anybody. */
  async function opensByItself(env: Record<string, string> = {}): Promise<boolean> {
    try {
      await using _opened = await openPracticeBeside({ folder: desk.path('data'), offer: noOffer, env })
      return true
    } catch (error) {
      if (error instanceof PracticeError && error.code === 'wrong-key') return false
      throw error
    }
  }

  async function stateOf(env: Record<string, string>): Promise<string> {
    await using running = await serving(desk, { env: { ...made.env, ...env } })
    const reply = await fetch(`${running.url}/api/installation`)
    assert.equal(await running.kill('SIGTERM'), 0)
    return ((await reply.json()) as { state: string }).state
  }
})

async function noOffer(): Promise<undefined> {}
