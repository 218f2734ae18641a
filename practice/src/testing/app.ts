/** For tests that walk the whole application: it runs with a small sample practice, and an account of each role is signed in. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '#database'
import type { Installation } from '#installation'
import { ROLES, type Role } from '#rights'
import { fillSamplePractice, makeSamplePractice, SAMPLE_ACCOUNTS, SAMPLE_OWNER, type SampleRecord } from '#sample'
import { databaseFor } from './practices.ts'
import { serverOptions } from './server-options.ts'

/** What these tests need of an application (`app.ts`). */
interface StartedApp extends AsyncDisposable {
  readonly address: string
  readonly installation: Installation
}

export interface SignedInApp extends AsyncDisposable {
  readonly app: StartedApp
  /** of each role's session, for the header `cookie` */
  readonly cookies: ReadonlyMap<Role, string>
}

/** A few patients whose names no other text holds. */
export const FEW_RECORDS: readonly SampleRecord[] = ['Beaulac', 'Clairfleur', 'Montvent'].map((birthName, index) => ({
  identity: {
    fileNumber: `DOSSIER-${index}`,
    birthName,
    givenNames: ['Zoé'],
    sex: 'female',
    bornOn: `198${index}-04-17`,
    telephones: [{ number: `01 99 00 12 3${index}` }],
  },
  entries: [{ kind: 'alert', body: { category: 'allergy', state: 'present', label: 'Pénicilline' } }],
}))

/**
 * @param start {@link startApp}, which this room may not know
 * @param engine a sample is always embedded: on PostgreSQL it is a practice of one's own, filled in the same way
 */
export async function startSignedInApp(
  start: (options: ReturnType<typeof serverOptions> & { database?: string }) => Promise<StartedApp>,
  engine: Engine = 'sqlite',
): Promise<SignedInApp> {
  const top = mkdtempSync(join(tmpdir(), 'couronne-app-'))
  const database = await databaseFor(engine)
  const app = await start({ ...serverOptions(top), ...(database === undefined ? {} : { database }) })
  if (engine === 'sqlite') await makeSamplePractice(app.installation, () => FEW_RECORDS, 'fr')
  else {
    const owner = { ...SAMPLE_OWNER, language: 'fr' } as const
    const { practice } = await app.installation.createPractice({ name: 'Cabinet d’essai', facts: {}, owner })
    await fillSamplePractice(practice, () => FEW_RECORDS, 'fr')
  }
  const cookies = new Map<Role, string>()
  for (const role of ROLES) cookies.set(role, await signIn(app, role))
  return {
    app,
    cookies,
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]()
      rmSync(top, { recursive: true, force: true })
    },
  }
}

async function signIn(app: StartedApp, role: Role): Promise<string> {
  const account = SAMPLE_ACCOUNTS.find((each) => each.role === role)
  const reply = await fetch(`${app.address}/api/sign-in/password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ login: account?.login, password: account?.password }),
  })
  if (reply.status !== 200) throw new Error(`${role} cannot sign in: ${await reply.text()}`)
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
