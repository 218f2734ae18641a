/** Every route with every role, on both engines: the rights table is what happens, and the IT provider meets no patient. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { concernsPatients, may, ROLES, type Role } from '#rights'
import { onBothEngines, type SignedInApp, startSignedInApp } from '#testing'
import { routesOf, startApp } from './app.ts'

/** What would betray a patient: names, birth dates, numbers. */
let secrets: string[]
let signedIn: SignedInApp
let patientId: string
let entryId: string

const routes = routesOf({ version: '0' }, undefined as never, '').map(({ endpoint }) => endpoint)

test('there are routes of every room', () => {
  assert.ok(routes.length > 60, `${routes.length}`)
  for (const room of ['patients', 'people', 'journal', 'installation', 'me', 'system'])
    assert.ok(
      routes.some(({ path }) => path.startsWith(`/api/${room}`)),
      room,
    )
})

onBothEngines('every route', (engine) => {
  before(async () => {
    signedIn = await startSignedInApp(startApp, engine)
    secrets = []
    const { db } = signedIn.app.installation.practice()
    const patients = await db.selectFrom('patient').select(['id', 'identity_id', 'birth_name', 'born_on', 'telephone']).execute()
    patientId = patients[0]?.id ?? ''
    entryId = patients[0]?.identity_id ?? ''
    for (const { birth_name, born_on, telephone } of patients)
      secrets.push(birth_name, ...[born_on, telephone].filter((each) => each !== null))
  })

  after(() => signedIn?.[Symbol.asyncDispose]())

  for (const role of ROLES) {
    test(`${role}: what the table allows, and nothing else`, async () => {
      for (const { method, path, permission } of routes) {
        if (permission === 'none' || endsSomething(path)) continue
        const { status, body } = await ask(role, method, path)
        const where = `${method} ${path} (${permission}): ${status}`
        assert.notEqual(status, 401, where)
        assert.ok(status < 500, `${where} ${body.slice(0, 300)}`)
        if (!may(role, permission)) assert.equal(code(body), 'not-allowed', where)
        else assert.notEqual(code(body), 'not-allowed', where)
        const meets = secrets.find((secret) => body.includes(secret))
        if (!concernsPatients(permission)) assert.equal(meets, undefined, `${where} names a patient`)
        if (role === 'it-provider' || role === 'auditor') assert.equal(meets, undefined, `${where} names a patient`)
      }
    })
  }

  test('the secrets that are looked for are there to be found', async () => {
    const { body } = await ask('owner', 'GET', '/api/patients')
    assert.ok(secrets.some((secret) => body.includes(secret)))
  })

  test('nothing of a patient stands in the journal', async () => {
    const { db } = signedIn.app.installation.practice()
    const entries = await db.selectFrom('journal_entry').selectAll().execute()
    const text = JSON.stringify(entries)
    for (const secret of secrets) assert.ok(!text.includes(secret), secret)
  })
})

async function ask(role: Role, method: string, path: string): Promise<{ status: number; body: string }> {
  const url = path
    .replace(':patientId', patientId)
    .replace(':entryId', entryId)
    .replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000')
  const query = path === '/api/appointments' ? '?from=2026-03-01&to=2026-03-31' : ''
  const hasBody = method !== 'GET' && method !== 'DELETE'
  const reply = await fetch(`${signedIn.app.address}${url}${query}`, {
    method,
    headers: {
      cookie: signedIn.cookies.get(role) ?? '',
      'sec-fetch-site': 'same-origin',
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: '{}' } : {}),
  })
  return { status: reply.status, body: await reply.text() }
}

/** Calls that would end the session or lock the screen that the walk needs. */
function endsSomething(path: string): boolean {
  return path.startsWith('/api/session/') || path === '/api/me/sessions' || path.endsWith('/sessions')
}

/** Of a problem, or of what FHIR has for one. */
function code(body: string): string | undefined {
  try {
    const { code: problem, issue } = JSON.parse(body) as {
      code?: string
      issue?: { details?: { coding?: { code: string }[] } }[]
    }
    return problem ?? issue?.[0]?.details?.coding?.[0]?.code
  } catch {
    return undefined
  }
}
