/** Stock restic, oldest and newest that we know, against our server over TLS with an authority of our own. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type RunOptions, type RunResult, restic014, restic018, run } from '../../../tests/peers/peers.ts'
import { accountsFileOf, measureRepository, setQuota } from './index.ts'
import { type AccountFacts, aFolder, aServer, certificates, filesBelow, OWNER, told, until, WRITER } from './testing.ts'

const PEERS = [
  ['restic 0.14', restic014],
  ['restic 0.18', restic018],
] as const

const FAST = ['--no-cache', '-o', 'rest.connections=5']

interface Site extends AsyncDisposable {
  readonly test: Awaited<ReturnType<typeof aServer>>
  readonly source: string
  restic(as: string, args: readonly string[], options?: RunOptions): Promise<RunResult>
  address(as: string): string
  readonly trust: readonly string[]
}

/** A practice's files, a server with TLS, and restic told of both. */
async function aSite(program: string, account: AccountFacts = {}, sourceBytes = 400_000): Promise<Site> {
  const certificate = certificates(aFolder())
  const test = await aServer({ tls: certificate, accounts: [account] })
  const source = join(aFolder(), 'practice')
  mkdirSync(join(source, 'radios'), { recursive: true })
  for (let i = 0; i < 5; i++) writeFileSync(join(source, 'radios', `${i}.dcm`), randomBytes(sourceBytes / 5))
  writeFileSync(join(source, 'letter.txt'), 'Madame, Monsieur')
  const env = { RESTIC_PASSWORD: 'secret of the practice', RESTIC_REPOSITORY: undefined }
  const address = (as: string) => `rest:${test.server.url.replace('://', `://${as}@`)}cabinet/`
  const trust = ['--cacert', certificate.ca]
  const restic = (as: string, args: readonly string[], options: RunOptions = {}) =>
    run(program, ['--repo', address(as), ...trust, ...FAST, ...args], { ...options, env })
  return { test, source, restic, address, trust, [Symbol.asyncDispose]: () => test.server.close() }
}

for (const [peer, program] of PEERS) {
  test(`${peer}: init with the owner's password, backup, check and restore with the writer's`, async () => {
    await using site = await aSite(program())
    const refused = await site.restic(WRITER, ['init'], { allow: [1] })
    assert.match(refused.stderr, /403/)
    await site.restic(OWNER, ['init'])
    await site.restic(WRITER, ['backup', site.source])
    writeFileSync(join(site.source, 'more.txt'), randomBytes(100_000))
    await site.restic(WRITER, ['backup', site.source])
    await site.restic(WRITER, ['check', '--read-data'])
    const target = aFolder()
    await site.restic(WRITER, ['restore', 'latest', '--target', target])
    for (const file of filesBelow(site.source)) {
      assert.deepEqual(readFileSync(join(target, site.source, file)), readFileSync(join(site.source, file)), file)
    }
    const events = await site.test.journal()
    assert.deepEqual(told(events).slice(0, 4), [
      'refused writer owner-only',
      'created owner',
      'stored owner keys',
      'stored owner config',
    ])
    assert.equal(events.filter(({ event, kind }) => event === 'stored' && kind === 'snapshots').length, 2)
    const left = new Set(events.filter(({ event }) => event === 'stored').map(({ kind, name }) => `${kind}/${name}`))
    for (const { event, kind, name } of events) if (event === 'removed') left.delete(`${kind}/${name}`)
    assert.equal(left.size, filesBelow(join(site.test.folder, 'cabinet')).length, 'the journal knows every object')
  })

  test(`${peer}: forget is refused, and the snapshot is still there`, async () => {
    await using site = await aSite(program())
    await site.restic(OWNER, ['init'])
    await site.restic(WRITER, ['backup', site.source])
    const [snapshot = ''] = filesBelow(join(site.test.folder, 'cabinet', 'snapshots'))
    // Older restic asks for a quarter of an hour: once it was told no it may end.
    const stop = new AbortController()
    const forgetting = site.restic(WRITER, ['forget', snapshot], { allow: 'any', signal: stop.signal }).catch(() => undefined)
    await until(async () => told(await site.test.journal()).includes('refused writer snapshots append-only'))
    stop.abort()
    await forgetting
    assert.deepEqual(filesBelow(join(site.test.folder, 'cabinet', 'snapshots')), [snapshot])
    await site.restic(WRITER, ['unlock', '--remove-all'])
    await site.restic(WRITER, ['check'])
  })

  test(`${peer}: an owner who may delete forgets and prunes; the writer's backups go on`, async () => {
    await using site = await aSite(program(), { ownerMayDelete: true })
    await site.restic(OWNER, ['init'])
    await site.restic(WRITER, ['backup', site.source])
    writeFileSync(join(site.source, 'radios', '0.dcm'), randomBytes(100_000))
    await site.restic(WRITER, ['backup', site.source])
    await site.restic(OWNER, ['forget', '--keep-last', '1', '--prune', '--max-unused', '0'])
    await site.restic(WRITER, ['backup', site.source])
    await site.restic(WRITER, ['check', '--read-data'])
    assert.equal(filesBelow(join(site.test.folder, 'cabinet', 'snapshots')).length, 2)
  })

  test(`${peer}: a full quota stops the backup; what was there restores, and more room lets it go on`, async () => {
    await using site = await aSite(program(), { quotaBytes: 700_000 })
    await site.restic(OWNER, ['init'])
    await site.restic(WRITER, ['backup', site.source])
    cpSync(site.source, `${site.source}-2`, { recursive: true })
    writeFileSync(join(`${site.source}-2`, 'large'), randomBytes(600_000))
    const stop = new AbortController()
    const backup = site
      .restic(WRITER, ['backup', `${site.source}-2`], { allow: 'any', signal: stop.signal })
      .catch(() => ({ status: -1, stderr: '' }))
    await until(async () => told(await site.test.journal()).includes('refused writer data quota'))
    stop.abort()
    assert.notEqual((await backup).status, 0)
    assert.equal(filesBelow(join(site.test.folder, 'cabinet', 'snapshots')).length, 1)
    await setQuota(accountsFileOf(site.test.folder), 'cabinet', 5_000_000)
    await site.restic(WRITER, ['unlock', '--remove-all'])
    await site.restic(WRITER, ['backup', `${site.source}-2`])
    await site.restic(WRITER, ['check', '--read-data'])
    await site.restic(WRITER, ['restore', 'latest', '--target', aFolder()])
  })

  test(`${peer}: on an account that is full to the last byte the writer restores, and an owner who may delete prunes`, async () => {
    await using site = await aSite(program(), { ownerMayDelete: true })
    await site.restic(OWNER, ['init'])
    await site.restic(WRITER, ['backup', site.source])
    for (let i = 0; i < 3; i++) writeFileSync(join(site.source, 'radios', `${i}.dcm`), randomBytes(80_000))
    await site.restic(WRITER, ['backup', site.source])
    const { sizeBytes } = await measureRepository(site.test.folder, 'cabinet')
    await setQuota(accountsFileOf(site.test.folder), 'cabinet', sizeBytes)
    const restored = await site.restic(WRITER, ['restore', 'latest', '--target', aFolder()])
    assert.equal(restored.status, 0)
    await site.restic(OWNER, ['forget', '--keep-last', '1', '--prune', '--max-unused', '0'])
    assert.ok((await measureRepository(site.test.folder, 'cabinet')).sizeBytes < sizeBytes)
    await site.restic(WRITER, ['check', '--read-data'])
  })

  test(`${peer}: a wrong password, a foreign repository and an unknown authority are refused`, async () => {
    await using site = await aSite(program())
    /** Asks until `seen`, and no longer: older restic repeats what was refused for a quarter of an hour. */
    const attempt = async (repository: string, trust: readonly string[], seen: () => boolean) => {
      const stop = new AbortController()
      const env = { RESTIC_PASSWORD: 'secret of the practice' }
      const asking = run(program(), ['--repo', repository, '--no-cache', ...trust, 'snapshots'], { env, signal: stop.signal })
      const failed = assert.rejects(asking)
      await until(seen)
      stop.abort()
      await failed
    }
    const answered = (status: number) => site.test.lines.some((line) => line.status === status)
    await attempt(site.address('cabinet:not-the-password'), site.trust, () => answered(401))
    await attempt(site.address(WRITER).replace(/cabinet\/$/, 'other/'), site.trust, () => answered(403))
    const begun = performance.now()
    await attempt(site.address(WRITER), [], () => performance.now() - begun > 1000)
    assert.equal(answered(200) || answered(404), false)
  })

  test(`${peer}: the folder is a repository for local restic too`, async () => {
    await using site = await aSite(program())
    await site.restic(OWNER, ['init'])
    await site.restic(WRITER, ['backup', site.source])
    const local = ['--repo', join(site.test.folder, 'cabinet'), '--no-cache']
    const env = { RESTIC_PASSWORD: 'secret of the practice' }
    await run(program(), [...local, 'check', '--read-data'], { env })
    await run(program(), [...local, 'backup', site.source], { env })
    await site.restic(WRITER, ['check', '--read-data'])
    const { stdout } = await site.restic(WRITER, ['snapshots', '--json'])
    assert.equal(JSON.parse(stdout).length, 2)
  })

  test(`${peer}: keys are added with the owner's password only`, async () => {
    await using site = await aSite(program())
    await site.restic(OWNER, ['init'])
    const newPassword = join(aFolder(), 'password')
    writeFileSync(newPassword, 'another password')
    const add = ['key', 'add', '--new-password-file', newPassword]
    await site.restic(OWNER, add)
    assert.equal(filesBelow(join(site.test.folder, 'cabinet', 'keys')).length, 2)
    const stop = new AbortController()
    const adding = site.restic(WRITER, add, { allow: 'any', signal: stop.signal }).catch(() => undefined)
    await until(async () => told(await site.test.journal()).includes('refused writer keys owner-only'))
    stop.abort()
    await adding
    assert.equal(filesBelow(join(site.test.folder, 'cabinet', 'keys')).length, 2)
  })
}
