/** `couronne completeness`: counts, one rule, one record, the rules; and what of it is in the journal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApp } from '@couronne/practice'
import { Desk, jsonLines } from './desk.ts'
import { makePracticeOn, OWNER } from './practices.ts'

test('what is missing is counted, listed by rule without a name, and told for one record', async () => {
  await using desk = new Desk()
  const { env } = await makePracticeOn(desk)
  const patientId = await addExtraction(desk)
  const ask = (...args: string[]) => desk.couronne(['completeness', ...args], { env })
  const [counts] = jsonLines((await ask('--json')).stdout)
  assert.deepEqual(counts?.records, { met: 0, missing: 1, waived: 0 })
  const rules = counts?.rules as { rule: string; missing: number }[]
  assert.equal(rules.find(({ rule }) => rule === 'consent-missing-for-surgery')?.missing, 1)
  const listed = await ask('--rule', 'consent-missing-for-surgery')
  assert.match(listed.stdout, new RegExp(`^DOSSIER-7 .* ${patientId}\n$`))
  assert.ok(!listed.stdout.includes('Exemple'), 'a name was printed')
  const record = await desk.couronne(['completeness', '--patient', patientId], { env: { ...env, COURONNE_LANG: 'fr' } })
  assert.match(record.stdout, /^grave .*un consentement donné avant l’acte {2}\[consent-missing-for-surgery\]$/m)
})

test('the rules are told with their sources, and how sure they are', async () => {
  await using desk = new Desk()
  const { stdout } = await desk.couronne(['completeness', 'rules'], { env: { COURONNE_LANG: 'fr' } })
  assert.match(stdout, /^consent-missing-for-surgery \(grave\)\n {2}Consentement avant une chirurgie/m)
  assert.match(stdout, /CSP R4127-236, L1111-4 \[texte lu\]/)
  assert.match(stdout, /\[à vérifier\]/)
  assert.match(stdout, /Aucune règle ne contrôle/)
})

test('a rule that there is not, and words too many, are wrong use', async () => {
  await using desk = new Desk()
  const refused = (...args: string[]) => desk.couronne(['completeness', ...args], { allow: [2] })
  assert.match((await refused('--rule', 'no-such-rule')).stderr, /there is no rule/)
  assert.equal((await refused('--rule', 'ins-missing', '--patient', 'x')).status, 2)
  assert.equal((await refused('rules', 'more')).status, 2)
})

/** @returns the patient's id */
async function addExtraction(desk: Desk): Promise<string> {
  const { folder, keyFolder } = { folder: desk.path('data'), keyFolder: desk.path('keys') }
  await using app = await startApp({ folder, keyFolder, host: '127.0.0.1', port: 0, version: '0', env: {} })
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  const { login, password } = OWNER
  const signedIn = await fetch(`${app.address}/api/sign-in/password`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ login, password }),
  })
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const post = async (path: string, body: object) => {
    const made = await fetch(`${app.address}${path}`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify(body),
    })
    assert.equal(made.status, 201)
    return (await made.json()) as { id: string }
  }
  const identity = { fileNumber: 'DOSSIER-7', birthName: 'Exemple', givenNames: ['Anne'], sex: 'female' }
  const { id } = await post('/api/patients', { identity })
  await post(`/api/patients/${id}/entries`, {
    kind: 'procedure',
    body: {
      code: { system: 'ccam', code: 'HBGD036', label: 'Avulsion' },
      status: 'done',
      teeth: [{ fdi: '46' }],
      performedOn: Temporal.Now.plainDateISO().subtract({ days: 20 }).toString(),
    },
  })
  return id
}
