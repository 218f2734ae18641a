/** Mirrors that cannot even be opened: no credentials on this machine today. */
import assert from 'node:assert/strict'
import fs, { mkdtemp, rm } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock, test } from 'node:test'
import { initRepository, MirrorRegistry, openRepository } from '#repository'
import { localFolderStorage } from '#storage'
import { attachMirrors } from './mirror.ts'

const BUCKET = 's3:https://s3.example.org/bucket/practice'
const password = 'correct horse'
const scrypt = { n: 2, r: 1, p: 1 }

async function aFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'couronne-attach-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('a mirror without credentials is left behind with that reason, and the others work', async () => {
  await using folder = await aFolder()
  await using repository = await initRepository(localFolderStorage(join(folder.path, 'disk')), { password, scrypt })
  const registry = new MirrorRegistry(repository.id, { folder: join(folder.path, 'state') })
  for (const { location } of repository.storage.mirrors) registry.add(location)
  registry.add(BUCKET, { name: 'bucket' })

  const { names } = await attachMirrors(repository, registry, { environment: {} })

  assert.deepEqual([...names.values()], ['disk', 'bucket'])
  const [disk, bucket] = repository.storage.mirrors
  assert.equal(disk?.isCurrent, true)
  assert.match(bucket?.behind?.reason ?? '', /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set/)
  assert.match(registry.find('bucket')?.behind?.reason ?? '', /AWS_ACCESS_KEY_ID/)
  const id = 'ab'.repeat(32)
  await repository.storage.save('index', id, new Uint8Array(3))
  assert.equal((await disk?.storage.stat('index', id))?.sizeBytes, 3)
})

test('of several addresses one without credentials is left behind; alone it is refused', async () => {
  await using folder = await aFolder()
  const disk = join(folder.path, 'disk')
  await (await initRepository(localFolderStorage(disk), { password, scrypt }))[Symbol.asyncDispose]()

  await using repository = await openRepository([BUCKET, disk], { password, environment: {} })
  assert.deepEqual(
    repository.storage.mirrors.map(({ isCurrent }) => isCurrent),
    [false, true],
  )
  await assert.rejects(openRepository(BUCKET, { password, environment: {} }), { code: 'storage-refused' })
  await assert.rejects(openRepository(['nowhere:at all', disk], { password, environment: {} }), { code: 'address' })
})

test('a mirror that is away, on a share that may hang, is not asked what it is while the others are known by their addresses', async () => {
  await using folder = await aFolder()
  const [disk, away] = [join(folder.path, 'disk'), join(folder.path, 'away')]
  await using repository = await initRepository(localFolderStorage(disk), { password, scrypt })
  const registry = new MirrorRegistry(repository.id, { folder: join(folder.path, 'state') })
  for (const address of [away, disk]) registry.add(address)
  const stat = mock.method(fs, 'stat')
  syncBuiltinESMExports()
  try {
    await attachMirrors(repository, registry)
    await using _again = await openRepository([away, disk], { password })
  } finally {
    mock.restoreAll()
    syncBuiltinESMExports()
  }
  assert.deepEqual(
    stat.mock.calls.map(({ arguments: [path] }) => path).filter((path) => path === away),
    [],
  )
  assert.equal(registry.find(away)?.behind?.code, 'object-missing')
})
