/** Practices for tests: real ones, on both engines, with a clock that the test moves. */
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite } from 'node:test'
import { type Engine, newId } from '#database'
import { Installation } from '#installation'
import type { Actor, OpenPractice } from '#open-practice'
import type { Role } from '#rights'
import './password-work.ts'
import { type PostgresqlServer, startPostgresql } from '../../../tests/peers/postgresql.ts'

export interface TestPractice extends AsyncDisposable {
  readonly installation: Installation
  readonly practice: OpenPractice
  /** its address; undefined: embedded */
  readonly database: string | undefined
  /** the account made at set-up: role owner, login `camille`, password {@link TEST_PASSWORD} */
  readonly owner: Actor
  /** moves the practice's clock, which stands still otherwise; 2026-03-02T08:00Z at first */
  readonly pass: (duration: Temporal.DurationLike) => void
  /** an actor of a role, with an account of its own and no password */
  readonly actor: (role: Role) => Promise<Actor>
  readonly recoveryWords: string
}

export const TEST_PASSWORD = 'gencive-arc-en-ciel-27'

let server: PostgresqlServer | undefined

/** An empty database of the one PostgreSQL that a test file has, started when first needed. @returns its address; undefined: embedded */
export async function databaseFor(engine: Engine): Promise<string | undefined> {
  if (engine === 'sqlite') return undefined
  server ??= await startPostgresql()
  return server.makeDatabase()
}

after(async () => server?.stop())

/** The same suite on each engine. */
export function onBothEngines(name: string, define: (engine: Engine) => void): void {
  for (const engine of ['sqlite', 'postgresql'] as const) suite(`${name}, ${engine}`, () => define(engine))
}

/** A new practice in a folder of its own, which goes with it. */
export async function makeTestPractice(engine: Engine = 'sqlite'): Promise<TestPractice> {
  const top = await mkdtemp(join(tmpdir(), 'couronne-practice-'))
  let now = Temporal.Instant.from('2026-03-02T08:00:00Z')
  const database = await databaseFor(engine)
  const installation = await Installation.start({
    folder: join(top, 'data'),
    keyFolder: join(top, 'keys'),
    now: () => now,
    env: {},
    ...(database === undefined ? {} : { database }),
  })
  const { practice, recoveryWords } = await installation.createPractice({
    name: 'Cabinet d’essai',
    facts: {},
    owner: { login: 'camille', displayName: 'Dr Camille Exemple', password: TEST_PASSWORD, language: 'fr' },
  })
  const { id } = await practice.db.selectFrom('account').select('id').executeTakeFirstOrThrow()
  return {
    installation,
    practice,
    database,
    recoveryWords,
    owner: { accountId: id, role: 'owner', address: '127.0.0.1' },
    pass: (duration) => {
      now = now.add(duration)
    },
    actor: (role) => insertActor(practice, role),
    [Symbol.asyncDispose]: async () => {
      await installation.close()
      rmSync(top, { recursive: true, force: true })
    },
  }
}

async function insertActor(practice: OpenPractice, role: Role): Promise<Actor> {
  const id = newId()
  await practice.db
    .insertInto('account')
    .values({
      id,
      practice_id: practice.id,
      login: `${role}-${id}`,
      display_name: role,
      email: null,
      role,
      practitioner_id: null,
      language: 'fr',
      state: 'active',
      password_hash: null,
      password_changed_at: null,
      invitation_hash: null,
      invitation_ends_at: null,
      totp_sealed: null,
      totp_step: null,
      oidc_subject: null,
      created_at: practice.now().toString({ smallestUnit: 'millisecond' }),
      created_by: null,
    })
    .execute()
  return { accountId: id, role, address: '127.0.0.1' }
}
