import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { appendFile, mkdir, readdir, readFile, rm, statfs, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { copySqlite, openSqlite } from '#database'
import type { OpenPractice } from '#open-practice'
import { makeTestPractice, onBothEngines } from '#testing'
import { run } from '../../../tests/peers/peers.ts'
import {
  abandonUpload,
  appendUpload,
  beginUpload,
  destroyObject,
  finishDestructions,
  finishUpload,
  getUpload,
  readObject,
  removeAbandonedUploads,
} from './index.ts'

const MIB = 1024 * 1024
/** What the first segment holds, and each that follows. */
const [FIRST, NEXT] = [MIB - 56, MIB - 16]

onBothEngines('documents', (engine) => {
  test('what was uploaded reads back, whole and in parts, whatever its size', async () => {
    await using made = await makeTestPractice(engine)
    for (const size of [0, 1, 100, FIRST - 1, FIRST, FIRST + 1, FIRST + NEXT, FIRST + NEXT + 1, 3 * MIB]) {
      const bytes = randomBytes(size)
      const { object } = await upload(made.practice, bytes)
      assert.equal(object.sizeBytes, size)
      assert.equal(object.sha256, sha256(bytes))
      assert.equal(object.sha1, createHash('sha1').update(bytes).digest('hex'))
      assert.deepEqual(await readAll(made.practice, object.id), bytes)
      const part = await readObject(made.practice, object.id, { offset: size >> 1, lengthBytes: 77 })
      assert.deepEqual(await gather(part.stream), bytes.subarray(size >> 1, (size >> 1) + 77))
    }
  })

  test('nothing of it is on disk in the clear, and its file is named by the hash of its bytes', async () => {
    await using made = await makeTestPractice(engine)
    await upload(made.practice, Buffer.from('Madame Exemple, 32 ans'.repeat(100)))
    const files = filesBelow(made.practice.folder)
    const sealed = files.filter((file) => file.includes('/objects/'))
    assert.equal(sealed.length, 1)
    for (const file of files) assert.ok(!(await readFile(file)).includes('Madame Exemple'), file)
    assert.equal(sha256(await readFile(sealed[0] as string)), sealed[0]?.split('/').at(-1))
  })

  test('an upload in pieces goes on where it was acknowledged, and nowhere else', async () => {
    await using made = await makeTestPractice(engine)
    const bytes = randomBytes(5 * MIB)
    const { id } = await begin(made.practice, bytes.length)
    let { receivedBytes } = await appendUpload(made.practice, id, 0, chunked(bytes.subarray(0, 2 * MIB + 5)))
    assert.equal(receivedBytes, FIRST + NEXT) // the last 61 bytes are sent again
    for (const wrong of [0, receivedBytes - 1, receivedBytes + 1, bytes.length])
      await assert.rejects(appendUpload(made.practice, id, wrong, chunked(bytes.subarray(wrong))), {
        code: 'conflict',
        about: { receivedBytes },
      })
    await assert.rejects(finishUpload(made.practice, id), { code: 'conflict', about: { receivedBytes } })
    receivedBytes = (await appendUpload(made.practice, id, receivedBytes, chunked(bytes.subarray(receivedBytes)))).receivedBytes
    assert.equal(receivedBytes, bytes.length)
    const { object } = await finishUpload(made.practice, id)
    assert.deepEqual(await readAll(made.practice, object.id), bytes)
    await assert.rejects(getUpload(made.practice, id), { code: 'not-found' })
  })

  test('what came before a sender broke off is kept', async () => {
    await using made = await makeTestPractice(engine)
    const bytes = randomBytes(4 * MIB)
    const { id } = await begin(made.practice, bytes.length)
    const broken = async function* () {
      yield* chunked(bytes.subarray(0, 3 * MIB))
      throw new Error('the cable')
    }
    await assert.rejects(appendUpload(made.practice, id, 0, broken()), /the cable/)
    const { receivedBytes } = await getUpload(made.practice, id)
    assert.equal(receivedBytes, FIRST + 2 * NEXT)
    await appendUpload(made.practice, id, receivedBytes, chunked(bytes.subarray(receivedBytes)))
    const { object } = await finishUpload(made.practice, id)
    assert.deepEqual(await readAll(made.practice, object.id), bytes)
  })

  test('more bytes than declared are refused, and the upload can still be finished rightly', async () => {
    await using made = await makeTestPractice(engine)
    const bytes = randomBytes(2 * MIB)
    const { id } = await begin(made.practice, bytes.length)
    const tooMany = chunked(Buffer.concat([bytes, Buffer.from('x')]))
    await assert.rejects(appendUpload(made.practice, id, 0, tooMany), { code: 'invalid-input' })
    const { receivedBytes } = await getUpload(made.practice, id)
    assert.ok(receivedBytes < bytes.length)
    await appendUpload(made.practice, id, receivedBytes, chunked(bytes.subarray(receivedBytes)))
    await assert.rejects(appendUpload(made.practice, id, bytes.length, chunked(Buffer.from('x'))), { code: 'invalid-input' })
    const { object } = await finishUpload(made.practice, id)
    assert.deepEqual(await readAll(made.practice, object.id), bytes)
  })

  test('a piece too small to hold a segment is refused, rather than asked for without end', async () => {
    await using made = await makeTestPractice(engine)
    const { id } = await begin(made.practice, 2 * MIB)
    await assert.rejects(appendUpload(made.practice, id, 0, chunked(randomBytes(1000))), { code: 'invalid-input' })
  })

  test('of two appends at once one is refused', async () => {
    await using made = await makeTestPractice(engine)
    const bytes = randomBytes(3 * MIB)
    const { id } = await begin(made.practice, bytes.length)
    const both = await Promise.allSettled([1, 2].map(() => appendUpload(made.practice, id, 0, chunked(bytes))))
    assert.deepEqual(both.map((each) => each.status).sort(), ['fulfilled', 'rejected'])
    const refused = both.find((each) => each.status === 'rejected') as PromiseRejectedResult
    assert.equal(refused.reason.code, 'conflict')
    const { object } = await finishUpload(made.practice, id)
    assert.deepEqual(await readAll(made.practice, object.id), bytes)
  })

  test('the same bytes for the same patient are the document that is there; for another patient they are another', async () => {
    await using made = await makeTestPractice(engine)
    const bytes = randomBytes(10_000)
    const first = await upload(made.practice, bytes)
    const again = await upload(made.practice, bytes)
    assert.deepEqual([first.isNew, again.isNew], [true, false])
    assert.deepEqual(again.object, first.object)
    const other = await upload(made.practice, bytes, { patientId: 'another' })
    assert.notEqual(other.object.id, first.object.id)
    assert.equal(filesBelow(made.practice.folder).filter((file) => file.includes('/documents/')).length, 2)
    assert.equal(await keysOf(made.practice), 2)
    await destroyObject(made.practice, first.object.id)
    assert.deepEqual(await readAll(made.practice, other.object.id), bytes)
    assert.ok((await upload(made.practice, bytes)).isNew)
  })

  test('a document that was damaged is no reason to give up a good copy of it', async () => {
    await using made = await makeTestPractice(engine)
    const bytes = randomBytes(2 * MIB)
    const first = await upload(made.practice, bytes)
    const [file] = filesBelow(made.practice.folder).filter((each) => each.includes('/objects/'))
    for (const damage of [() => truncate(file as string, 1_000_000), () => rm(file as string)]) {
      await damage()
      await assert.rejects(readAll(made.practice, first.object.id), { code: 'damaged' })
      const again = await upload(made.practice, bytes)
      assert.deepEqual(await readAll(made.practice, again.object.id), bytes)
    }
    assert.equal((await upload(made.practice, bytes)).isNew, false)
  })

  test('what the caller adds is there with the document, or neither is', async () => {
    await using made = await makeTestPractice(engine)
    const bytes = randomBytes(1000)
    const { id } = await begin(made.practice, bytes.length)
    await appendUpload(made.practice, id, 0, chunked(bytes))
    const failing = finishUpload(made.practice, id, async () => {
      throw new Error('no entry')
    })
    await assert.rejects(failing, /no entry/)
    assert.equal((await getUpload(made.practice, id)).receivedBytes, bytes.length)
    const { object } = await finishUpload(made.practice, id) // its file is in the store already
    assert.deepEqual(await readAll(made.practice, object.id), bytes)
  })

  test('a destroyed document is gone: key, file, and every copy of the keyring from now on', async () => {
    await using made = await makeTestPractice(engine)
    const { object } = await upload(made.practice, randomBytes(2 * MIB))
    let told = ''
    await destroyObject(made.practice, object.id, async (_tx, facts) => {
      told = facts.id
    })
    assert.equal(told, object.id)
    await assert.rejects(readObject(made.practice, object.id), { code: 'not-found' })
    assert.deepEqual(
      filesBelow(made.practice.folder).filter((file) => file.includes('/documents/')),
      [],
    )
    assert.equal(await keysOf(made.practice), 0)
    const row = await made.practice.db.selectFrom('document_object').selectAll().executeTakeFirstOrThrow()
    for (const hash of [object.sha256, object.sha1]) assert.ok(!JSON.stringify(row).includes(hash)) // whoever guesses what it was finds nothing to compare with
    await destroyObject(made.practice, object.id) // once more does nothing
    await assert.rejects(destroyObject(made.practice, 'nobody'), { code: 'not-found' })
  })

  test('a copy of the file opens with nothing once the key is gone', async () => {
    await using made = await makeTestPractice(engine)
    const { object } = await upload(made.practice, randomBytes(1000))
    await made.practice.db.deleteFrom('keyring.document_key').execute() // as far as a crash let it come
    await assert.rejects(readObject(made.practice, object.id), { code: 'not-found' })
    await destroyObject(made.practice, object.id)
  })

  test('a destruction that a crash cut short is gone on with', async () => {
    await using made = await makeTestPractice(engine)
    const { object } = await upload(made.practice, randomBytes(1000))
    await made.practice.db.updateTable('document_object').set({ destroyed_at: 'then' }).execute()
    await finishDestructions(made.practice)
    assert.equal(await keysOf(made.practice), 0)
    assert.deepEqual(
      filesBelow(made.practice.folder).filter((file) => file.includes('/documents/')),
      [],
    )
    await assert.rejects(readObject(made.practice, object.id), { code: 'not-found' })
  })

  test('a destruction that cannot be finished keeps no other waiting', async () => {
    await using made = await makeTestPractice(engine)
    const [one] = [await upload(made.practice, randomBytes(1000)), await upload(made.practice, randomBytes(1000))]
    await made.practice.db.updateTable('document_object').set({ destroyed_at: 'then' }).execute()
    await made.practice.db.updateTable('document_object').set({ sealed_name: 'none' }).where('id', '=', one.object.id).execute()
    await assert.rejects(finishDestructions(made.practice), TypeError)
    assert.equal(filesBelow(made.practice.folder).filter((file) => file.includes('/documents/')).length, 1)
  })

  test('another document’s key, put in its place, opens nothing', async () => {
    await using made = await makeTestPractice(engine)
    const [one, other] = [await upload(made.practice, randomBytes(100)), await upload(made.practice, randomBytes(100))]
    const { wrapped_key } = await made.practice.db
      .selectFrom('keyring.document_key')
      .select('wrapped_key')
      .where('object_id', '=', other.object.id)
      .executeTakeFirstOrThrow()
    await made.practice.db
      .updateTable('keyring.document_key')
      .set({ wrapped_key })
      .where('object_id', '=', one.object.id)
      .execute()
    await assert.rejects(readObject(made.practice, one.object.id), { code: 'wrong-key' })
  })

  test('an upload that nobody touches for seven days goes, with its key', async () => {
    await using made = await makeTestPractice(engine)
    const old = await begin(made.practice, 2 * MIB)
    await appendUpload(made.practice, old.id, 0, chunked(randomBytes(FIRST + 5)))
    made.pass({ hours: 6 * 24 })
    const young = await begin(made.practice, 1000)
    assert.equal(await removeAbandonedUploads(made.practice), 0)
    made.pass({ hours: 25 })
    assert.equal(await removeAbandonedUploads(made.practice), 1)
    await assert.rejects(getUpload(made.practice, old.id), { code: 'not-found' })
    assert.equal((await getUpload(made.practice, young.id)).receivedBytes, 0)
    assert.deepEqual((await readdir(uploadsOf(made.practice))).length, 1)
    assert.equal(await keysOf(made.practice), 1)
    await abandonUpload(made.practice, young.id)
    assert.deepEqual(await readdir(uploadsOf(made.practice)), [])
    assert.equal(await keysOf(made.practice), 0)
  })

  test('an upload to which somebody comes back while others are taken away stays', async () => {
    await using made = await makeTestPractice(engine)
    for (let i = 0; i < 12; i++) await begin(made.practice, 2 * MIB)
    made.pass({ seconds: 1 })
    const bytes = randomBytes(2 * MIB)
    const { id } = await begin(made.practice, bytes.length)
    made.pass({ hours: 24 * 7 + 1 })
    const sweep = removeAbandonedUploads(made.practice)
    while ((await made.practice.db.selectFrom('document_upload').select('id').execute()).length === 13) await setImmediate()
    await appendUpload(made.practice, id, 0, chunked(bytes))
    await sweep
    assert.equal((await getUpload(made.practice, id)).receivedBytes, bytes.length)
  })

  test('keys and files that a crash left without an upload go', async () => {
    await using made = await makeTestPractice(engine)
    const kept = await begin(made.practice, 1000)
    const lost = await begin(made.practice, 1000)
    await made.practice.db.deleteFrom('document_upload').where('id', '=', lost.id).execute()
    await writeFile(join(uploadsOf(made.practice), `${lost.id}.sealed.new`), 'x')
    await removeAbandonedUploads(made.practice)
    assert.deepEqual(await readdir(uploadsOf(made.practice)), [`${kept.id}.sealed`])
    assert.equal(await keysOf(made.practice), 1)
  })

  test('sizes and names that cannot be are refused; hostile names are kept as they are', async () => {
    await using made = await makeTestPractice(engine)
    for (const sizeBytes of [-1, 0.5, Number.NaN, 2 ** 40])
      await assert.rejects(begin(made.practice, sizeBytes), { code: 'invalid-input' })
    await assert.rejects(begin(made.practice, 1, { fileName: 'a'.repeat(1001) }), { code: 'invalid-input' })
    for (const fileName of ['../../etc/passwd', 'a\u202egnp.exe', 'é'.repeat(1000), '']) {
      const { id } = await begin(made.practice, 1, { fileName })
      assert.equal((await getUpload(made.practice, id)).fileName, fileName)
    }
    const { id } = await begin(made.practice, 1, { fileName: 'a\0b\ud800' })
    assert.equal((await getUpload(made.practice, id)).fileName, 'a\ufffdb\ufffd')
  })
})

suite('an upload’s file', () => {
  test('a copy of the embedded keyring that is made after a destruction has no key for it', async () => {
    await using made = await makeTestPractice()
    const { folder, master } = made.practice
    const [kept, gone] = [await upload(made.practice, randomBytes(100)), await upload(made.practice, randomBytes(100))]
    await destroyObject(made.practice, gone.object.id)
    const keys = { records: master.derive('records'), keyring: master.derive('keyring') }
    await copySqlite(folder, keys, join(folder, 'copy'))
    const copy = openSqlite(join(folder, 'copy'), keys)
    const rows = await copy.selectFrom('keyring.document_key').select('object_id').execute()
    await copy.destroy()
    assert.deepEqual(rows, [{ object_id: kept.object.id }])
  })

  test('what a crash left behind the acknowledged end is never written over under the same nonce', async () => {
    await using made = await makeTestPractice()
    const bytes = randomBytes(4 * MIB)
    const { id } = await begin(made.practice, bytes.length)
    const { receivedBytes } = await appendUpload(made.practice, id, 0, chunked(bytes.subarray(0, FIRST + NEXT)))
    const path = join(uploadsOf(made.practice), `${id}.sealed`)
    const before = await readFile(path)
    await appendFile(path, randomBytes(1000))
    await writeFile(`${path}.new`, 'what an earlier sealing anew left')
    await appendUpload(made.practice, id, receivedBytes, chunked(bytes.subarray(receivedBytes)))
    const after = await readFile(path)
    assert.notDeepEqual(after.subarray(0, 40), before.subarray(0, 40))
    assert.notDeepEqual(after.subarray(40, 80), before.subarray(40, 80))
    const { object } = await finishUpload(made.practice, id)
    assert.deepEqual(await readAll(made.practice, object.id), bytes)
  })

  test('what a crash left is gone on with where it stands when the same bytes come again, without room for a second file', async () => {
    await using made = await makeTestPractice()
    const bytes = randomBytes(5 * MIB)
    const other = Buffer.concat([bytes.subarray(0, FIRST + 2 * NEXT), randomBytes(bytes.length - FIRST - 2 * NEXT)])
    for (const [sent, keepsHeader] of [
      [bytes, true],
      [other, false],
    ] as const) {
      const { id } = await begin(made.practice, bytes.length, { patientId: `patient ${keepsHeader}` })
      const path = join(uploadsOf(made.practice), `${id}.sealed`)
      await appendUpload(made.practice, id, 0, chunked(bytes.subarray(0, FIRST + 3 * NEXT)))
      // Power is cut before the end is acknowledged, in the middle of a segment.
      await truncate(path, 3 * MIB + 500_000)
      await made.practice.db.updateTable('document_upload').set({ received_bytes: FIRST }).where('id', '=', id).execute()
      const before = await readFile(path)
      if (keepsHeader) await mkdir(`${path}.new`) // in the way of sealing anew
      await appendUpload(made.practice, id, FIRST, chunked(sent.subarray(FIRST)))
      const after = await readFile(path)
      assert.equal(after.subarray(0, 40).equals(before.subarray(0, 40)), keepsHeader)
      assert.equal(after.subarray(0, before.length).equals(before), keepsHeader)
      if (keepsHeader) await rm(`${path}.new`, { recursive: true })
      const { object } = await finishUpload(made.practice, id)
      assert.deepEqual(await readAll(made.practice, object.id), sent)
    }
  })

  test('acknowledged bytes that are gone are damage, and said to be', async () => {
    await using made = await makeTestPractice()
    const bytes = randomBytes(3 * MIB)
    const { id } = await begin(made.practice, bytes.length)
    const { receivedBytes } = await appendUpload(made.practice, id, 0, chunked(bytes.subarray(0, FIRST + NEXT)))
    const path = join(uploadsOf(made.practice), `${id}.sealed`)
    await truncate(path, FIRST)
    await assert.rejects(appendUpload(made.practice, id, receivedBytes, chunked(bytes.subarray(receivedBytes))), {
      code: 'damaged',
    })
  })

  test('a byte that changed on the disk is found before the sender is told that all is well', async () => {
    await using made = await makeTestPractice()
    const bytes = randomBytes(2 * MIB)
    const { id } = await begin(made.practice, bytes.length)
    await appendUpload(made.practice, id, 0, chunked(bytes))
    const path = join(uploadsOf(made.practice), `${id}.sealed`)
    const sealed = await readFile(path)
    sealed[MIB + 5]! ^= 1
    await writeFile(path, sealed)
    await assert.rejects(finishUpload(made.practice, id), { code: 'damaged' })
  })

  test('a stored document that was changed, cut or exchanged is refused', async () => {
    await using made = await makeTestPractice()
    const [one, other] = [await upload(made.practice, randomBytes(2 * MIB)), await upload(made.practice, randomBytes(2 * MIB))]
    const paths = filesBelow(join(made.practice.folder, 'documents', 'objects'))
    const [first, second] = await Promise.all(paths.map((path) => readFile(path)))
    await writeFile(paths[0] as string, second as Buffer)
    await writeFile(paths[1] as string, first as Buffer)
    for (const { object } of [one, other]) await assert.rejects(readObject(made.practice, object.id), { code: 'damaged' })
    await writeFile(paths[0] as string, (first as Buffer).subarray(0, MIB))
    await writeFile(paths[1] as string, (second as Buffer).with(100, ~(second as Buffer)[100]! & 255))
    for (const { object } of [one, other]) await assert.rejects(readObject(made.practice, object.id), { code: 'damaged' })
    await rm(paths[0] as string)
    for (const { object } of [one, other]) await assert.rejects(readObject(made.practice, object.id), { code: 'damaged' })
  })

  test('a full disk: said so, nothing lost, and it goes on when there is room', async () => {
    await using made = await makeTestPractice()
    const folder = join(made.practice.folder, 'documents')
    await mkdir(folder)
    await run('mount', ['-t', 'tmpfs', '-o', `size=${40 * MIB}`, 'couronne-test', folder])
    try {
      await assert.rejects(begin(made.practice, 30 * MIB), { code: 'disk-full' })
      const bytes = randomBytes(12 * MIB)
      const { id } = await begin(made.practice, bytes.length)
      await assert.rejects(begin(made.practice, bytes.length + MIB), { code: 'disk-full' }) // the first one's room is taken
      made.pass({ minutes: 31 }) // and not for ever: whoever has gone away keeps nobody out
      await abandonUpload(made.practice, (await begin(made.practice, bytes.length + MIB)).id)
      const { receivedBytes } = await appendUpload(made.practice, id, 0, chunked(bytes.subarray(0, 2 * MIB)))
      for (const room of [0, 300_000, 3 * MIB]) {
        const { bavail, bsize } = await statfs(folder)
        await writeFile(join(folder, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - room)))
        const { receivedBytes: at } = await getUpload(made.practice, id)
        await assert.rejects(appendUpload(made.practice, id, at, chunked(bytes.subarray(at))), { code: 'disk-full' })
        await rm(join(folder, 'filler'))
        assert.ok((await getUpload(made.practice, id)).receivedBytes >= receivedBytes)
      }
      const { receivedBytes: at } = await getUpload(made.practice, id)
      await appendUpload(made.practice, id, at, chunked(bytes.subarray(at)))
      const { object } = await finishUpload(made.practice, id)
      assert.deepEqual(await readAll(made.practice, object.id), bytes)
      assert.deepEqual(await readdir(uploadsOf(made.practice)), [])
    } finally {
      await run('umount', [folder])
    }
  })
})

function begin(practice: OpenPractice, sizeBytes: number, more: { fileName?: string; patientId?: string } = {}) {
  return beginUpload(practice, { patientId: 'a patient', accountId: 'an account', fileName: 'file.bin', sizeBytes, ...more })
}

async function upload(practice: OpenPractice, bytes: Buffer, more: { fileName?: string; patientId?: string } = {}) {
  const { id } = await begin(practice, bytes.length, more)
  await appendUpload(practice, id, 0, chunked(bytes))
  return finishUpload(practice, id)
}

/** As a socket gives them. */
async function* chunked(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function readAll(practice: OpenPractice, objectId: string): Promise<Buffer> {
  return gather((await readObject(practice, objectId)).stream)
}

async function gather(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function uploadsOf(practice: OpenPractice): string {
  return join(practice.folder, 'documents', 'uploads')
}

async function keysOf(practice: OpenPractice): Promise<number> {
  return (await practice.db.selectFrom('keyring.document_key').select('object_id').execute()).length
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return entries
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}
