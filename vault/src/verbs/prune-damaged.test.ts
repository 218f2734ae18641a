/** Prune on the restic project's own repositories, good and damaged: what stock restic says of them, we say. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BlobId, BlobType } from '#format'
import { openRepository } from '#repository'
import { localFolderStorage, memoryStorage, type Storage } from '#storage'
import { restic018, run } from '../../../tests/peers/peers.ts'
import { readObjects } from './damage.suite.ts'
import { type PruneOptions, type PrunePlan, planPrune, prune } from './prune/index.ts'
import { lastOf } from './stock-bench.suite.ts'
import { findUsedBlobs } from './used-blobs.ts'

const vectors = fileURLToPath(new URL('../../../tests/vectors/restic/', import.meta.url))

describe('prune on repositories of others', { concurrency: 3 }, () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'couronne-prune-damaged-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  async function unpack(archive: string): Promise<string> {
    const place = await mkdtemp(join(folder, 'repository-'))
    await promisify(execFile)('tar', ['-xzf', join(vectors, archive), '-C', place, '--strip-components=1'])
    await promisify(execFile)('chmod', ['-R', 'u+rwX', place])
    return place
  }

  async function stock(place: string, args: string[], password = 'geheim') {
    const env = { RESTIC_REPOSITORY: place, RESTIC_PASSWORD: password }
    const { stdout, stderr, status } = await run(restic018(), ['--no-cache', ...args], { env, allow: 'any' })
    return { status, output: stdout + stderr }
  }

  async function pruneOurs(place: string | readonly Storage[], options: PruneOptions, password = 'geheim'): Promise<PrunePlan> {
    await using repository = await openRepository(typeof place === 'string' ? localFolderStorage(place) : place, { password })
    await using lock = await repository.lock({ purpose: 'prune', exclusive: options.mode === 'instant' })
    const plan = await planPrune(repository, { lock, graceMs: 0, maxUnused: { bytes: 0 }, ...options })
    await lastOf(prune(repository, plan))
    return plan
  }

  const sound = {
    'small-repo.tar.gz': 'packs of data and trees mixed',
    'repo-mixed.tar.gz': 'packs of data and trees mixed',
    'repo-duplicates.tar.gz': 'blobs held twice',
    'repo-obsolete-index.tar.gz': 'a pack in two indexes',
    'repo-unreferenced-data.tar.gz': 'a pack in no index',
    'repo-layout-default.tar.gz': 'nothing odd',
    'repo-same-timestamps.tar.gz': 'snapshots of the same second',
  }
  for (const [archive, what] of Object.entries(sound)) {
    for (const mode of ['instant', 'two-phase'] as const) {
      test(`${archive} (${what}), ${mode}: clean for stock restic afterwards, and nothing left to do`, async () => {
        const place = await unpack(archive)
        const snapshots = JSON.parse((await stock(place, ['snapshots', '--json', '--no-lock'])).output) as { id: string }[]
        await pruneOurs(place, { mode })
        if (mode === 'two-phase') await pruneOurs(place, { mode })
        const { status, output } = await stock(place, ['check', '--read-data'])
        assert.equal(status, 0, output)
        // Two indexes with one pack are left alone when nothing else is to do, as stock restic leaves them.
        assert.ok(!/additional files|mixed pack/.test(output), output)
        const after = JSON.parse((await stock(place, ['snapshots', '--json', '--no-lock'])).output) as { id: string }[]
        assert.deepEqual(after.map(({ id }) => id).sort(), snapshots.map(({ id }) => id).sort())
        await using repository = await openRepository(localFolderStorage(place), { password: 'geheim' })
        const next = await planPrune(repository, { mode, maxUnused: { bytes: 0 } })
        assert.ok(next.isEmpty, JSON.stringify(next.statistics))
      })
    }
  }

  /** The needed blobs that one mirror alone gives. */
  async function givenBy(storage: Storage, needed: ReadonlyMap<BlobId, BlobType>): Promise<ReadonlySet<BlobId>> {
    await using repository = await openRepository(storage, { password: 'geheim' })
    await repository.loadIndex()
    const given = new Set<BlobId>()
    for (const [id, type] of needed) {
      const bytes = await repository.loadBlob(type, id).catch(() => undefined)
      if (bytes !== undefined) given.add(id)
    }
    return given
  }

  for (const mode of ['instant', 'two-phase'] as const) {
    test(`repo-duplicates.tar.gz on two mirrors, ${mode}: whichever pack one of them lacks, it gives afterwards what it gave before`, async () => {
      const place = await unpack('repo-duplicates.tar.gz')
      const objects = await readObjects(place)
      const needed = new Map<BlobId, BlobType>()
      {
        await using repository = await openRepository(localFolderStorage(place), { password: 'geheim' })
        await repository.loadIndex()
        const trees = (await repository.snapshots()).map(({ tree }) => tree)
        await findUsedBlobs(repository, trees, { onBlob: (type, id) => needed.set(id, type) })
      }
      for (const [key, bytes] of [...objects].filter(([key]) => key.startsWith('data/'))) {
        for (const left of mode === 'instant' ? [undefined, bytes.subarray(0, 50)] : [undefined]) {
          const [a, b] = ['a', 'b'].map((name) => memoryStorage({ location: `memory:${name}`, objects: new Map(objects) }))
          if (left === undefined) b!.objects.delete(key)
          else b!.objects.set(key, left)
          const before = await givenBy(b!, needed)
          for (let round = 0; round < (mode === 'instant' ? 1 : 2); round++) {
            const { statistics } = await pruneOurs([a!, b!], { mode })
            const { blobs, bytes: sizes, packfiles } = statistics
            assert.equal(blobs.used + blobs.duplicate + blobs.unused, blobs.total)
            assert.equal(sizes.used + sizes.duplicate + sizes.unused + sizes.unreferenced, sizes.total)
            assert.equal(packfiles.keep + packfiles.repack + packfiles.remove + packfiles.unreferenced, packfiles.total)
            for (const figure of [blobs, sizes, packfiles].flatMap((each) => Object.values(each))) assert.ok(figure >= 0)
          }
          assert.ok(before.isSubsetOf(await givenBy(b!, needed)), `${key} ${left === undefined ? 'lost' : 'cut short'}`)
          assert.equal((await givenBy(a!, needed)).size, needed.size)
          const packs = [a!, b!].map((each) => [...each.objects.keys()].filter((name) => name.startsWith('data/')))
          assert.ok(
            packs[1]!.every((name) => packs[0]!.includes(name)),
            'what went from one went from both',
          )
        }
      }
    })
  }

  for (const archive of ['repo-data-missing.tar.gz', 'repo-index-missing.tar.gz']) {
    test(`${archive}: refused, as stock restic refuses it`, async () => {
      const place = await unpack(archive)
      assert.notEqual((await stock(place, ['prune', '--dry-run'])).status, 0)
      await assert.rejects(pruneOurs(place, { mode: 'instant' }), { code: 'refused' })
      await assert.rejects(pruneOurs(place, { mode: 'two-phase' }), { code: 'refused' })
    })
  }

  for (const [archive, password] of [
    ['rustic/restic-repo.tar.gz', 'restic'],
    ['rustic/rustic-repo.tar.gz', 'rustic'],
  ] as const) {
    test(`${archive}: of version 2, pruned in both phases and clean`, async () => {
      const place = await unpack(archive)
      await pruneOurs(place, {}, password)
      await pruneOurs(place, {}, password)
      const { status, output } = await stock(place, ['check', '--read-data'], password)
      assert.equal(status, 0, output)
    })
  }
})
