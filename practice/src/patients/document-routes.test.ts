import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync, truncateSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { DOCUMENT_BYTES_MAX, makeDuePreviews, PIECE_BYTES_MIN as SEGMENT_BYTES } from '#documents'
import { makeLogger, makeServer } from '#http'
import { recordEvent } from '#journal'
import type { Actor } from '#open-practice'
import { ROLES } from '#rights'
import { aPatient, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { PIECE_BYTES_MIN, UPLOAD_BYTES_MAX } from './document-contract.ts'
import { documentRoutes } from './document-routes.ts'
import { patientRoutes } from './routes.ts'

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/documents')
const TYPE = { system: 'http://loinc.org', code: '18748-4', label: 'CR d’imagerie médicale' }
const DOCUMENT = { title: 'Panoramique', type: TYPE, madeOn: '2026-02-20' }
const OCTETS = 'application/octet-stream'
const MIB = 1024 * 1024

test('the contract and the room agree on sizes', () => {
  assert.deepEqual([PIECE_BYTES_MIN, UPLOAD_BYTES_MAX], [SEGMENT_BYTES, DOCUMENT_BYTES_MAX])
})

onBothEngines('the routes of documents', (engine) => {
  test('a document is filed in pieces, becomes an entry, and every step is in the journal', async () => {
    await using made = await serverFor(engine)
    const { ask, owner } = made
    const patientId = await aPatient(made)
    const bytes = randomBytes(3 * MIB)
    const begun = await ask(owner, 'POST', `/api/patients/${patientId}/uploads`, {
      fileName: '../Été "2026".bin',
      sizeBytes: bytes.length,
      document: DOCUMENT,
    })
    assert.equal(begun.statusCode, 201)
    const upload = `/api/uploads/${begun.json().id}`
    const first = await made.send(owner, upload, 0, bytes.subarray(0, 2 * MIB + 10))
    assert.equal(first.statusCode, 200)
    const { receivedBytes } = first.json()
    assert.ok(receivedBytes > MIB && receivedBytes <= 2 * MIB)
    const wrong = await made.send(owner, upload, 0, bytes)
    assert.deepEqual([wrong.statusCode, wrong.json().about.receivedBytes], [409, receivedBytes])
    assert.equal((await ask(owner, 'GET', upload)).json().receivedBytes, receivedBytes)
    assert.equal((await ask(owner, 'POST', `${upload}/finish`)).statusCode, 409)
    assert.equal(
      (await made.send(owner, upload, receivedBytes, bytes.subarray(receivedBytes))).json().receivedBytes,
      bytes.length,
    )
    const finished = await ask(owner, 'POST', `${upload}/finish`)
    assert.equal(finished.statusCode, 201)
    const { entryId, ...rest } = finished.json()
    assert.deepEqual(rest, { version: 1, mediaType: OCTETS, agreesWithName: true, isNew: true })
    const entry = (await ask(owner, 'GET', `/api/patients/${patientId}/entries/${entryId}`)).json()
    assert.deepEqual([entry.body.title, entry.body.fileName, entry.aboutOn], ['Panoramique', 'Été 2026 .bin', '2026-02-20'])
    const content = await ask(owner, 'GET', `/api/patients/${patientId}/documents/${entryId}/content`)
    assert.deepEqual(content.rawPayload, bytes)
    assert.match(String(content.headers['content-disposition']), /^attachment; filename="Ete 2026 .bin"; filename\*=/)
    assert.equal(content.headers.etag, `"${createHash('sha256').update(bytes).digest('hex')}"`)
    assert.equal((await ask(owner, 'POST', `/api/patients/${patientId}/verify`)).json().isWhole, true)
    const actions = await made.actions()
    assert.deepEqual(
      actions.filter((action) => action.startsWith('document.')),
      ['document.uploading', 'document.uploading', 'document.uploading', 'document.uploading', 'document.added', 'document.read'],
    )
    const { rows } = await made.journal()
    assert.ok(!JSON.stringify(rows).includes('Panoramique') && !JSON.stringify(rows).includes('2026".bin'))
  })

  test('who may not, may not: each route refuses each role that lacks its permission', async () => {
    await using made = await serverFor(engine)
    const patientId = await aPatient(made)
    const { entryId } = await made.file(patientId, Buffer.from('Reçu de Madame Exemple'))
    for (const role of ROLES) {
      const actor = await made.actor(role)
      for (const { endpoint } of documentRoutes) {
        const url = endpoint.path.replace(':patientId', patientId).replace(':entryId', entryId).replace(':uploadId', 'none')
        const { statusCode, body } = await made.ask(actor, endpoint.method, url, endpoint.method === 'GET' ? undefined : {})
        const isNobody = !['owner', 'practitioner', 'assistant'].includes(role)
        if (isNobody) assert.equal(statusCode, 403, `${role} ${endpoint.method} ${endpoint.path}`)
        if (isNobody) assert.ok(!body.includes('Exemple'), `${role} ${endpoint.path}`)
      }
    }
  })

  test('another account’s upload is not there', async () => {
    await using made = await serverFor(engine)
    const patientId = await aPatient(made)
    const { id } = (await made.begin(patientId, 10)).json()
    const other = await made.actor('practitioner')
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/finish'],
    ] as const)
      assert.equal((await made.ask(other, method, `/api/uploads/${id}${path}`)).statusCode, 404)
    assert.equal((await made.send(other, `/api/uploads/${id}`, 0, Buffer.alloc(10))).statusCode, 404)
    assert.equal((await made.ask(made.owner, 'DELETE', `/api/uploads/${id}`)).statusCode, 204)
    assert.equal((await made.ask(made.owner, 'GET', `/api/uploads/${id}`)).statusCode, 404)
  })

  test('a restricted document is care: an assistant neither files nor opens one, and another’s personal note is not there', async () => {
    await using made = await serverFor(engine)
    const patientId = await aPatient(made)
    const assistant = await made.actor('assistant')
    const restricted = { ...DOCUMENT, sensitivity: 'restricted' }
    assert.equal((await made.begin(patientId, 10, { document: restricted }, assistant)).statusCode, 403)
    const shut = await made.file(patientId, Buffer.from('secret'), { document: restricted })
    const refused = await made.ask(assistant, 'GET', `/api/patients/${patientId}/documents/${shut.entryId}/content`)
    assert.deepEqual([refused.statusCode, refused.json().code], [403, 'break-glass-needed'])
    const note = await made.file(patientId, Buffer.from('mine'), { document: { ...DOCUMENT, personalNote: true } })
    const practitioner = await made.actor('practitioner')
    assert.equal(
      (await made.ask(practitioner, 'GET', `/api/patients/${patientId}/documents/${note.entryId}/content`)).statusCode,
      404,
    )
  })

  test('a record that is closed while an upload is under way takes no more of it', async () => {
    await using made = await serverFor(engine)
    const patientId = await aPatient(made)
    const practitioner = await made.actor('practitioner')
    const { id } = (await made.begin(patientId, 10, {}, practitioner)).json()
    const limit = { accountIds: [made.owner.accountId], reason: 'membre de la famille' }
    assert.equal((await made.ask(made.owner, 'PUT', `/api/patients/${patientId}/limit`, limit)).statusCode, 204)
    assert.equal((await made.send(practitioner, `/api/uploads/${id}`, 0, Buffer.alloc(10))).statusCode, 403)
    assert.equal((await made.ask(practitioner, 'POST', `/api/uploads/${id}/finish`)).statusCode, 403)
  })
})

test('a document of another patient, or an entry that is none, is not there', async () => {
  await using made = await serverFor('sqlite')
  const [one, other] = [await aPatient(made), await aPatient(made, { birthName: 'Autre' })]
  const { entryId } = await made.file(one, Buffer.from('a'))
  assert.equal((await made.ask(made.owner, 'GET', `/api/patients/${other}/documents/${entryId}/content`)).statusCode, 404)
  const alert = { kind: 'alert', body: { category: 'allergy', state: 'present', label: 'Pénicilline' } }
  const { id } = (await made.ask(made.owner, 'POST', `/api/patients/${one}/entries`, alert)).json()
  assert.equal((await made.ask(made.owner, 'GET', `/api/patients/${one}/documents/${id}/content`)).statusCode, 404)
})

test('a document that does not open is answered by a problem that looks like no document', async () => {
  await using made = await serverFor('sqlite')
  const patientId = await aPatient(made)
  const { entryId } = await made.file(patientId, randomBytes(1000))
  const folder = join(made.practice.folder, 'documents', 'objects')
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (name.length > 64) truncateSync(join(folder, name), 500)
  const url = `/api/patients/${patientId}/documents/${entryId}/content`
  const reply = await made.ask(made.owner, 'GET', url, undefined, { range: 'bytes=0-9' })
  assert.deepEqual([reply.statusCode, reply.json().code], [500, 'damaged'])
  for (const header of ['content-disposition', 'content-range', 'etag', 'accept-ranges'])
    assert.equal(reply.headers[header], undefined, header)
})

test('a sender who falls silent holds an upload for some seconds, and what came is kept', { timeout: 60_000 }, async () => {
  await using made = await serverFor('sqlite')
  const patientId = await aPatient(made)
  const bytes = randomBytes(4 * MIB)
  const { id } = (await made.begin(patientId, bytes.length)).json()
  await using place = await made.listen()
  const headers = { 'content-type': OCTETS, 'upload-offset': '0', 'content-length': bytes.length }
  const silent = httpRequest({ port: place.port, host: '127.0.0.1', method: 'PATCH', path: `/api/uploads/${id}`, headers })
  silent.on('error', () => {})
  silent.write(bytes.subarray(0, 3 * MIB))
  const isRefused = async () => (await made.send(made.owner, `/api/uploads/${id}`, 7, bytes)).json().about.upload === id
  await made.until(isRefused)
  assert.ok(await isRefused(), 'another request is at work on this upload')
  await made.until(async () => !(await isRefused()))
  const { receivedBytes } = (await made.ask(made.owner, 'GET', `/api/uploads/${id}`)).json()
  assert.ok(receivedBytes > 0)
  const rest = await made.send(made.owner, `/api/uploads/${id}`, receivedBytes, bytes.subarray(receivedBytes))
  assert.equal(rest.statusCode, 200, rest.body)
  silent.destroy()
})

test('one range is answered with it, several with the whole, an impossible one with 416', async () => {
  await using made = await serverFor('sqlite')
  const patientId = await aPatient(made)
  const bytes = randomBytes(2 * MIB)
  const { entryId } = await made.file(patientId, bytes)
  const get = (range: string) =>
    made.ask(made.owner, 'GET', `/api/patients/${patientId}/documents/${entryId}/content`, undefined, { range })
  const part = await get('bytes=1048500-1048599')
  assert.deepEqual([part.statusCode, part.headers['content-range']], [206, `bytes 1048500-1048599/${bytes.length}`])
  assert.deepEqual(part.rawPayload, bytes.subarray(1_048_500, 1_048_600))
  assert.deepEqual((await get('bytes=-5')).rawPayload, bytes.subarray(-5))
  assert.equal((await get('bytes=0-1,5-6')).rawPayload.length, bytes.length)
  const beyond = await get('bytes=9999999-')
  assert.deepEqual([beyond.statusCode, beyond.headers['content-range']], [416, `bytes */${bytes.length}`])
})

test('a page that is called a picture is handed over as bytes, and told', async () => {
  await using made = await serverFor('sqlite')
  const patientId = await aPatient(made)
  const filed = await made.file(patientId, Buffer.from('<html><script>alert(1)</script>'), { fileName: 'sourire\u202egnp.png' })
  assert.deepEqual([filed.mediaType, filed.agreesWithName], ['text/html; charset=utf-8', false])
  const { headers } = await made.ask(made.owner, 'GET', `/api/patients/${patientId}/documents/${filed.entryId}/content`)
  assert.equal(headers['content-type'], OCTETS)
  assert.match(String(headers['content-disposition']), /^attachment; filename="sourire gnp.png"/)
  assert.equal(headers['content-security-policy'], "sandbox; default-src 'none'")
  assert.equal(headers['x-content-type-options'], 'nosniff')
})

test('a picture is shown, and its preview when it is made', async () => {
  await using made = await serverFor('sqlite')
  const patientId = await aPatient(made)
  const { entryId } = await made.file(patientId, readFileSync(join(VECTORS, 'photo.jpg')), { fileName: 'photo.jpg' })
  const path = `/api/patients/${patientId}/documents/${entryId}`
  assert.match(String((await made.ask(made.owner, 'GET', `${path}/content`)).headers['content-disposition']), /^inline/)
  const saved = await made.ask(made.owner, 'GET', `${path}/content?download=true`)
  assert.match(String(saved.headers['content-disposition']), /^attachment/)
  assert.equal((await made.ask(made.owner, 'GET', `${path}/preview`)).statusCode, 404)
  await makeDuePreviews(made.practice)
  const preview = await made.ask(made.owner, 'GET', `${path}/preview`)
  assert.deepEqual([preview.statusCode, preview.headers['content-type']], [200, 'image/webp'])
  assert.equal(preview.rawPayload.length, Number(preview.headers['content-length']))
})

test('broken requests are the caller’s mistakes', async () => {
  await using made = await serverFor('sqlite')
  const patientId = await aPatient(made)
  for (const more of [{ sizeBytes: -1 }, { sizeBytes: 2 ** 50 }, { document: {} }, { fileName: 'a'.repeat(1001) }, { x: 1 }])
    assert.equal((await made.begin(patientId, 10, more)).statusCode, 400, JSON.stringify(more).slice(0, 50))
  assert.equal((await made.begin('nobody', 10)).statusCode, 404)
  assert.equal((await made.begin(patientId, 10, { document: { ...DOCUMENT, aboutIds: ['nothing'] } })).statusCode, 400)
  const { id } = (await made.begin(patientId, 10)).json()
  for (const offset of ['', '-1', '1e3', '0x0', '9'.repeat(40)]) {
    const headers = { 'content-type': OCTETS, 'upload-offset': offset }
    assert.equal((await made.ask(made.owner, 'PATCH', `/api/uploads/${id}`, Buffer.alloc(10), headers)).statusCode, 400, offset)
  }
  assert.equal((await made.ask(made.owner, 'PATCH', `/api/uploads/${id}`, { a: 1 }, { 'upload-offset': '0' })).statusCode, 400)
  assert.equal((await made.send(made.owner, `/api/uploads/${id}`, 0, Buffer.alloc(11))).statusCode, 400)
  assert.equal((await made.send(made.owner, `/api/uploads/${id}`, 0, Buffer.alloc(9))).statusCode, 400)
  assert.equal((await made.send(made.owner, `/api/uploads/${id}`, 0, Buffer.alloc(10))).statusCode, 200)
})

test('over a real connection that breaks, what came whole is kept and the rest is sent again', async () => {
  await using made = await serverFor('sqlite')
  const patientId = await aPatient(made)
  const bytes = randomBytes(12 * MIB)
  const { id } = (await made.begin(patientId, bytes.length)).json()
  await using place = await made.listen()
  const headers = { 'content-type': OCTETS, 'upload-offset': '0', 'content-length': bytes.length }
  const broken = httpRequest({ port: place.port, host: '127.0.0.1', method: 'PATCH', path: `/api/uploads/${id}`, headers })
  broken.on('error', () => {})
  broken.write(bytes.subarray(0, 6 * MIB))
  await made.until(async () => (await made.received(id)) > 0 || broken.writableLength === 0)
  const closed = new Promise((resolve) => broken.once('close', resolve))
  broken.destroy()
  await closed
  await made.until(async () => (await made.received(id)) > 0)
  const receivedBytes = (await made.ask(made.owner, 'GET', `/api/uploads/${id}`)).json().receivedBytes
  assert.ok(receivedBytes > 0 && receivedBytes < bytes.length)
  const rest = await fetch(`http://127.0.0.1:${place.port}/api/uploads/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': OCTETS, 'upload-offset': String(receivedBytes) },
    body: bytes.subarray(receivedBytes),
  })
  assert.equal(rest.status, 200)
  const { entryId } = (await made.ask(made.owner, 'POST', `/api/uploads/${id}/finish`)).json()
  const content = await fetch(`http://127.0.0.1:${place.port}/api/patients/${patientId}/documents/${entryId}/content`)
  assert.deepEqual(Buffer.from(await content.arrayBuffer()), bytes)
})

test('whoever goes away before a document comes, or in the middle of it, leaves no file open', async () => {
  await using made = await serverFor('sqlite')
  const patientId = await aPatient(made)
  const { entryId } = await made.file(patientId, randomBytes(8 * MIB))
  await using place = await made.listen()
  const target = { port: place.port, host: '127.0.0.1', path: `/api/patients/${patientId}/documents/${entryId}/content` }
  // An open file that nobody holds ends the whole program when the garbage is collected.
  for (const afterMs of [0, 0, 0, 0, 0, 2, 4, 8, 16, 32]) {
    const gone = httpRequest(target, (reply) => reply.on('error', () => {})).on('error', () => {})
    gone.end()
    await new Promise((resolve) => gone.once('socket', (socket) => socket.once('connect', resolve)))
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    gone.destroy()
  }
  await made.until(async () => (await made.actions()).filter((action) => action === 'document.read').length >= 8)
  await made.until(async () => openObjects() === 0)
  assert.equal(openObjects(), 0)
  assert.deepEqual(made.logged, []) // and is no fault of ours
})

/** Sealed files that this process has open; Linux alone tells. */
function openObjects(): number {
  if (process.platform !== 'linux') return 0
  const nameOf = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return '' // closed meanwhile
    }
  }
  return readdirSync('/proc/self/fd').filter((fd) => nameOf(fd).includes('/objects/')).length
}

type Server = Awaited<ReturnType<typeof makeServer>>
type Answer = Awaited<ReturnType<Server['inject']>>
type Headers = Readonly<Record<string, string>>

interface Served extends TestPractice {
  /** faults of ours */
  readonly logged: readonly string[]
  readonly ask: (actor: Actor, method: string, url: string, payload?: object, headers?: Headers) => Promise<Answer>
  readonly begin: (patientId: string, sizeBytes: number, more?: object, actor?: Actor) => Promise<Answer>
  readonly send: (actor: Actor, url: string, offset: number, bytes: Buffer) => Promise<Answer>
  /** from begin to finish, by the owner */
  readonly file: (
    patientId: string,
    bytes: Buffer,
    more?: object,
  ) => Promise<{ readonly entryId: string; readonly mediaType: string; readonly agreesWithName: boolean }>
  readonly listen: () => Promise<AsyncDisposable & { readonly port: number }>
  readonly received: (uploadId: string) => Promise<number>
  readonly until: (claim: () => Promise<boolean>) => Promise<void>
  readonly actions: () => Promise<string[]>
  readonly journal: () => Promise<{ readonly rows: readonly object[] }>
}

async function serverFor(engine: 'sqlite' | 'postgresql'): Promise<Served> {
  const made = await makeTestPractice(engine)
  let asking = made.owner
  const logged: string[] = []
  const server = await makeServer({
    logger: makeLogger({ write: (line) => void logged.push(line) }),
    routes: [...patientRoutes, ...documentRoutes],
    practice: () => made.practice,
    authenticate: async () => asking,
    recordEvent,
    hosts: new Set(['localhost', '127.0.0.1']),
    version: '0',
  })
  const ask: Served['ask'] = (actor, method, url, payload, headers = {}) => {
    asking = actor
    return server.inject({
      method: method as 'GET',
      url,
      headers: { host: 'localhost', 'sec-fetch-site': 'same-origin', ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
  }
  const begin: Served['begin'] = (patientId, sizeBytes, more = {}, actor = made.owner) =>
    ask(actor, 'POST', `/api/patients/${patientId}/uploads`, { fileName: 'file.bin', sizeBytes, document: DOCUMENT, ...more })
  const send: Served['send'] = (actor, url, offset, bytes) =>
    ask(actor, 'PATCH', url, bytes, { 'content-type': OCTETS, 'upload-offset': String(offset) })
  const rows = () => made.practice.db.selectFrom('journal_entry').selectAll().orderBy('seq').execute()
  return {
    ...made,
    logged,
    ask,
    begin,
    send,
    file: async (patientId, bytes, more) => {
      const { id } = (await begin(patientId, bytes.length, more)).json()
      await send(made.owner, `/api/uploads/${id}`, 0, bytes)
      return (await ask(made.owner, 'POST', `/api/uploads/${id}/finish`)).json()
    },
    listen: async () => {
      await server.listen({ host: '127.0.0.1', port: 0 })
      const bound = server.server.address() as { port: number }
      return { port: bound.port, [Symbol.asyncDispose]: async () => server.server.closeAllConnections() }
    },
    received: async (uploadId) => {
      const found = await made.practice.db
        .selectFrom('document_upload')
        .select('received_bytes')
        .where('id', '=', uploadId)
        .executeTakeFirstOrThrow()
      return found.received_bytes
    },
    until: async (claim) => {
      for (let count = 0; count < 800 && !(await claim()); count++) await new Promise((resolve) => setTimeout(resolve, 25))
    },
    actions: async () => (await rows()).map(({ action }) => action),
    journal: async () => ({ rows: await rows() }),
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await made[Symbol.asyncDispose]()
    },
  }
}
