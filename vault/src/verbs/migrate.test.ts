import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { StorageError, UsageError } from '#errors'
import { seal, unseal } from '#format'
import { localFolderStorage, type Storage } from '#storage'
import { backup } from './backup/index.ts'
import { check } from './check/index.ts'
import { migrate, planMigrate } from './migrate.ts'
import { StockBench } from './stock-bench.suite.ts'

describe('migrate', { concurrency: 4 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create({ version: 1 })
    await bench.write('a', 'the same '.repeat(10_000))
    await bench.backup()
  })
  after(() => bench[Symbol.asyncDispose]())

  test('a change that stopped between two mirrors comes to its end; until then nothing is written that one cannot read', async () => {
    const [a, b] = [await bench.copyTo('half-a'), await bench.copyTo('half-b')]
    {
      await using first = await bench.open(a)
      await migrate(first, await planMigrate(first))
    }
    {
      await using both = await bench.open([a, b].map((place) => localFolderStorage(place)))
      assert.equal(both.config.version, 1)
      const bytes = Readable.from([Buffer.from('written between '.repeat(1000))])
      await Array.fromAsync(backup(both, { filename: 'between', bytes }))
      const findings = (await Array.fromAsync(check(both))).flatMap((event) => (event.kind === 'finding' ? [event.finding] : []))
      assert.deepEqual(
        findings.filter(({ severity }) => severity === 'error').map(({ code, mirror }) => [code, mirror]),
        [['config-version', b]],
      )
      for (const place of [a, b]) await bench.check({ repository: place })
      await migrate(both, await planMigrate(both))
    }
    await using both = await bench.open([a, b].map((place) => localFolderStorage(place)))
    assert.equal(both.config.version, 2)
    await assert.rejects(planMigrate(both), { code: 'usage' })
    for (const place of [a, b]) await bench.check({ repository: place })
  })

  test('a repository of version 1 becomes one of version 2 on every mirror, and stock restic goes on in it', async () => {
    const places = [await bench.copyTo('a'), await bench.copyTo('b')]
    {
      await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
      const plan = await planMigrate(repository)
      assert.deepEqual(plan.mirrors, places)
      await migrate(repository, plan, { backupFolder: bench.path('backups') })
    }
    assert.deepEqual(await readdir(bench.path('backups')), [])
    for (const place of places) {
      const { version } = await bench.json<{ version: number }>(['cat', 'config'], { repository: place })
      assert.equal(version, 2)
      await bench.restic(['backup', 'source'], { repository: place })
      await bench.restic(['prune', '--repack-uncompressed'], { repository: place })
      await bench.checkBoth(place)
      assert.equal(await bench.restoreAll(place), 2)
    }
    await using repository = await bench.open(places[0])
    assert.equal(repository.config.version, 2)
    await assert.rejects(planMigrate(repository), UsageError)
  })

  test('what others keep in the config stays', async () => {
    const place = await bench.copyTo('extra')
    const storage = localFolderStorage(place)
    {
      await using repository = await bench.open(place)
      const { primitives, key } = repository
      const config = JSON.parse(new TextDecoder().decode(unseal(primitives, key, await storage.load('config', ''))))
      const json = JSON.stringify({ ...config, treepack_size: 4194304 })
      await storage.replace('config', '', seal(primitives, key, new TextEncoder().encode(json)))
      await migrate(repository, await planMigrate(repository))
    }
    const config = await bench.json<Record<string, unknown>>(['cat', 'config'], { repository: place })
    assert.equal(config.version, 2)
    await using repository = await bench.open(place)
    const stored = new TextDecoder().decode(unseal(repository.primitives, repository.key, await storage.load('config', '')))
    assert.equal(JSON.parse(stored).treepack_size, 4194304)
  })

  test('an unsound repository is not migrated', async () => {
    const place = await bench.copyTo('unsound')
    const [index] = await bench.names('index', place)
    await rm(join(place, 'index', index!))
    await using repository = await bench.open(place)
    await assert.rejects(planMigrate(repository), { code: 'refused' })
  })

  /** Forwards everything but what replaces the config. */
  function replacing(storage: Storage, replace: Storage['replace']): Storage {
    return new Proxy(storage, {
      get(target, name) {
        if (name === 'replace') return replace
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  test('when the new config does not arrive, the old one is put back', async () => {
    const place = await bench.copyTo('fails')
    const folder = localFolderStorage(place)
    let calls = 0
    const storage = replacing(folder, async (kind, name, bytes) => {
      calls++
      if (calls === 1) {
        await folder.remove('config', '')
        throw new StorageError('failed', 'the config went away on its way')
      }
      await folder.replace(kind, name, bytes)
    })
    await using repository = await bench.open([storage])
    await assert.rejects(
      migrate(repository, await planMigrate(repository), { backupFolder: bench.path('put-back') }),
      /on its way/,
    )
    assert.deepEqual(await readdir(bench.path('put-back')), [])
    await bench.check({ repository: place })
  })

  test('when neither arrives, the error says where the old config is', async () => {
    const place = await bench.copyTo('lost')
    const folder = localFolderStorage(place)
    const storage = replacing(folder, async () => {
      await folder.remove('config', '')
      throw new StorageError('refused', 'no')
    })
    await using repository = await bench.open([storage])
    await assert.rejects(
      migrate(repository, await planMigrate(repository), { backupFolder: bench.path('lost-config') }),
      /is in .*lost-config/,
    )
    const [backup] = await readdir(bench.path('lost-config'))
    await folder.save('config', '', await (await import('node:fs/promises')).readFile(join(bench.path('lost-config'), backup!)))
    await bench.check({ repository: place })
  })
})
