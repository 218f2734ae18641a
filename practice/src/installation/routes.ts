/** The first pages' routes: what is here, setting up, opening, the ways in. */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isLoopback } from '@couronne/vault/loopback'
import type { FastifyRequest } from 'fastify'
import { NotAllowedError } from '#errors'
import { type Call, openRoute, type Route, route, sendStream } from '#http'
import { type KeyOffer, makeRecoveryWords } from '#keys'
import type { OpenPractice } from '#open-practice'
import { networkOf, requireGoodPassword, requireRecentProof, TooManyAttemptsError } from '#people'
import {
  addKeySlotEndpoint,
  changePractice,
  getHealth,
  getInstallation,
  getPractice,
  getReadiness,
  getSealing,
  makePractice,
  makeSample,
  practiceFactsSchema,
  removeKeySlotEndpoint,
  unsealPractice,
  watchSample,
} from './contract.ts'
import type { Installation } from './installation.ts'
import { SampleMaking, type SampleProgress } from './sample-making.ts'
import { type Announce, addWayIn, removeWayIn, waysIn } from './ways-in.ts'

export interface InstallationRoutesOptions {
  readonly installation: Installation
  readonly version: string
  /** asked for when set-up comes from another machine; stands in the terminal */
  readonly setupCode: string
  readonly makeSample: MakeSample
  /** aborted when the application stops: the making of the sample ends */
  readonly signal: AbortSignal
}

/** Makes and opens the sample practice. @returns its accounts */
export type MakeSample = (
  installation: Installation,
  language: 'fr' | 'en',
  options: { readonly onProgress: (progress: SampleProgress) => void; readonly signal: AbortSignal },
) => Promise<readonly SampleAccount[]>

export interface SampleAccount {
  readonly role: string
  readonly login: string
  readonly password: string
}

/** Whoever floods from one address stands in their own way: the practice's own person is at most so many tries behind. */
const WAITING_MAX = 20
const WAITING_OF_ADDRESS_MAX = 2
const FAILURE_PAUSE_MS = 1_000
const PROXY_HEADERS = ['x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via']

export function installationRoutes(options: InstallationRoutesOptions): readonly Route[] {
  const { installation, signal } = options
  const inTurn = turns()
  const making = new SampleMaking()
  return [
    openRoute(getHealth, async () => ({ status: 'up' as const })),
    openRoute(getReadiness, async () => {
      await installation.practice().db.selectFrom('practice').select('id').limit(1).execute()
      return { status: 'ready' as const }
    }),
    openRoute(getInstallation, async ({ request }) => {
      const state = installation.state()
      const slots = state.kind === 'sealed' ? await installation.keySlots() : undefined
      return {
        state: state.kind,
        isSample: state.kind === 'open' && state.isSample,
        waysIn: [...new Set(slots?.slots.map((slot) => slot.kind))],
        needsSetupCode: !isFromThisMachine(request),
        sampleMaking: making.state(),
        version: options.version,
      }
    }),
    openRoute(makePractice, async ({ body, request }) => {
      refuseStrangers(request, body.setupCode, options.setupCode)
      const { setupCode: _, ...wanted } = body
      requireGoodPassword(wanted.owner.password, { ...wanted.owner, practiceName: wanted.name }, 'owner.password')
      return inTurn(request.ip, async () => {
        const { recoveryWords } = await installation.createPractice(wanted)
        return { recoveryWords }
      })
    }),
    openRoute(makeSample, async ({ body, request }) => {
      refuseStrangers(request, body.setupCode, options.setupCode)
      return inTurn(request.ip, async () => {
        signal.throwIfAborted()
        installation.refuseWherePracticeIs() // a second asker, whose turn came after the first one's: nothing has failed
        const accounts = await making.run((onProgress) => options.makeSample(installation, body.language, { onProgress, signal }))
        return { accounts: [...accounts] }
      })
    }),
    openRoute(watchSample, async ({ reply, signal }) =>
      // A proxy that gathers what it hands on would tell everything at the end.
      sendStream(reply.type('text/event-stream').header('x-accel-buffering', 'no'), making.events(signal)),
    ),
    openRoute(unsealPractice, async ({ body, request, reply }) => {
      await inTurn(request.ip, () => slowedWhenWrong(() => installation.unseal(body)))
      return void reply.code(204).send()
    }),
    route(getPractice, async ({ practice }) => readPractice(practice)),
    route(changePractice, async ({ practice, body, record }) => {
      await practice.db.transaction().execute(async (tx) => {
        await tx
          .updateTable('practice')
          .set({ name: body.name, facts: JSON.stringify(body.facts) })
          .where('id', '=', practice.id)
          .execute()
        await record(tx, { subject: `practice:${practice.id}` })
      })
      return readPractice(practice)
    }),
    route(getSealing, async ({ practice }) => {
      const slots = await waysIn(practice)
      const keyFiles = slots.flatMap(({ path }) => (path === undefined ? [] : [path]))
      return {
        slots: [...slots],
        engine: practice.engine,
        opensByItself: slots.some(({ kind }) => kind === 'key-file' || kind === 'systemd-credential'),
        keyBesideData: keyFiles.some((path) => isOnSameDisk(path, practice.folder)),
        folder: practice.folder,
      }
    }),
    route(addKeySlotEndpoint, async ({ practice, actor, body, record }) => {
      await requireRecentProof(practice, actor)
      const recoveryWords = body.kind === 'recovery-kit' ? makeRecoveryWords() : undefined
      const offer = await offerFor(installation, body, recoveryWords)
      const slot = await addWayIn(practice, offer, body.label, announceBy(practice, record))
      return { slot, ...(recoveryWords === undefined ? {} : { recoveryWords }) }
    }),
    route(removeKeySlotEndpoint, async ({ practice, actor, params, record, reply }) => {
      await requireRecentProof(practice, actor)
      await removeWayIn(practice, params.slotId, announceBy(practice, record))
      return void reply.code(204).send()
    }),
  ]
}

function announceBy({ db }: OpenPractice, record: Call<typeof addKeySlotEndpoint>['record']): Announce {
  return (subject, details) => db.transaction().execute((tx) => record(tx, { subject, details }))
}

function offerFor(
  installation: Installation,
  wanted: { readonly kind: 'passphrase'; readonly passphrase: string } | { readonly kind: 'recovery-kit' | 'key-file' },
  recoveryWords = '',
): Promise<KeyOffer & { readonly path?: string }> | (KeyOffer & { readonly path?: string }) {
  if (wanted.kind === 'passphrase') return { kind: 'passphrase', passphrase: wanted.passphrase }
  if (wanted.kind === 'recovery-kit') return { kind: 'recovery-kit', words: recoveryWords }
  return installation.makeKeyFile()
}

async function readPractice({ db, id }: OpenPractice) {
  const found = await db.selectFrom('practice').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return {
    id: found.id,
    name: found.name,
    facts: practiceFactsSchema.parse(JSON.parse(found.facts)),
    isSample: found.is_sample === 1,
    createdAt: found.created_at,
  }
}

/** Before anybody has an account, this machine is the only proof of who sits there. */
function refuseStrangers(request: FastifyRequest, given: string | undefined, expected: string): void {
  if (isFromThisMachine(request) || given?.trim().toUpperCase() === expected) return
  throw new NotAllowedError('from another machine, set-up needs the code that stands in the terminal')
}

/** A proxy on this machine is no proof: it hands on what comes from anywhere, under its own name or with a header of its own. */
function isFromThisMachine({ ip, headers }: FastifyRequest): boolean {
  if (!isLoopback(ip)) return false
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false
  return [`http://${headers.host}`, headers.origin].every((address) => address === undefined || leadsHere(address))
}

function leadsHere(address: string): boolean {
  return URL.canParse(address) && isLoopback(new URL(address).hostname)
}

function isOnSameDisk(one: string, other: string): boolean {
  try {
    return statSync(dirname(one)).dev === statSync(other).dev
  } catch {
    return false
  }
}

/** One at a time: each try takes 64 MiB and a fifth of a second, and strangers may ask. */
function turns(): <T>(address: string, work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  const waiting: string[] = []
  return (address, work) => {
    const network = networkOf(address)
    if (waiting.length >= WAITING_MAX || waiting.filter((each) => each === network).length >= WAITING_OF_ADDRESS_MAX)
      return Promise.reject(
        new TooManyAttemptsError('others are trying to open this practice: wait a moment', { about: { seconds: 2 } }),
      )
    waiting.push(network)
    const mine = last.then(work).finally(() => waiting.splice(waiting.indexOf(network), 1))
    last = mine.catch(() => {})
    return mine
  }
}

async function slowedWhenWrong<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await new Promise((resolve) => setTimeout(resolve, FAILURE_PAUSE_MS))
    throw error
  }
}
