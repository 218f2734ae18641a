/** From options and environment to an open repository. */
import { openRepository, type Repository, type RepositoryOptions, VaultError } from '@couronne/vault'
import { printMoment, type Terminal } from '../terminal.ts'
import { sayBehind } from './behind-words.ts'
import { cacheFolder, removeOldCaches, touchCache } from './cache.ts'
import { type GlobalOptions, packBytes, readAddresses } from './options.ts'
import { type FoundPassword, findPassword } from './passwords.ts'
import { storageOptions } from './storage-options.ts'

/** A typed password may be wrong twice. */
const TRIES = 3

/**
 * Among several mirrors one that does not answer is given up soon and left behind: the others are there, and it catches up later. A
 * repository of one place has nothing else to turn to, and is tried for a quarter of an hour.
 */
export const MIRROR_RETRY = { totalMs: 20_000 } as const

/** What `openRepository` and `initRepository` take from the command line, but the password. */
export async function repositoryOptions(
  options: GlobalOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Omit<RepositoryOptions, 'password'>> {
  const pack = packBytes(options.packSize)
  return {
    ...(options.keyHint !== undefined && { keyHint: options.keyHint }),
    ...(pack !== undefined && { packBytes: pack }),
    ...(await storageOptions(options, terminal)),
    onFinding: ({ severity, kind, object, message }) => {
      const name = `${kind}/${object.slice(0, 8)}`
      const text = { fr: `dans le dépôt, ${name} : ${message}`, en: `in the repository, ${name}: ${message}` }
      if (severity !== 'hint') terminal.problem(text, { severity, kind, object, message })
    },
    mirrorEvents: {
      onBehind: ({ location }, behind) =>
        terminal.problem(
          { fr: `${location} : en retard (${sayBehind(behind).fr})`, en: `${location}: left behind (${sayBehind(behind).en})` },
          { severity: 'warning', mirror: location, message: `left behind: ${behind.reason}` },
        ),
      onResumed: ({ location }, { since }) =>
        terminal.problem(
          {
            fr: `${location} : en retard depuis le ${printMoment(since)}, mais aucune copie à jour ne répond : on continue sur elle, et les autres rattraperont`,
            en: `${location}: behind since ${printMoment(since)}, but no current mirror answers: it is gone on with, and the others will catch up`,
          },
          { severity: 'warning', mirror: location, message: `resumed: was behind since ${since}` },
        ),
    },
    signal,
  }
}

export interface Opened {
  readonly repository: Repository
  /** The password that opened it. */
  readonly password: string
}

export interface OpenRequest {
  readonly options: GlobalOptions
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly isCached: boolean
  readonly inputIsData: boolean
}

export async function openFromOptions(request: OpenRequest): Promise<Opened> {
  const { options, terminal, signal } = request
  const addresses = await readAddresses(options)
  const find = () =>
    findPassword({ flags: options, env: process.env, prefix: 'RESTIC_', inputIsData: request.inputIsData, terminal })
  const shared = await repositoryOptions(options, terminal, signal)
  const folder = request.isCached ? cacheFolder(options) : undefined
  const place = addresses.length === 1 ? addresses[0]! : addresses
  const open = ({ password }: FoundPassword) =>
    openRepository(place, {
      ...shared,
      ...(addresses.length > 1 && { retry: { ...shared.retry, ...MIRROR_RETRY } }),
      cacheFolder: folder,
      password,
    })
  const opened = await openWithTries(find, open, terminal)
  if (folder !== undefined) {
    await touchCache(folder, opened.repository.id)
    if (options.cleanupCache) await removeOldCaches(folder)
  }
  return opened
}

async function openWithTries(
  find: () => Promise<FoundPassword>,
  open: (found: FoundPassword) => Promise<Repository>,
  terminal: Terminal,
): Promise<Opened> {
  for (let left = TRIES - 1; ; left--) {
    const found = await find()
    try {
      return { repository: await open(found), password: found.password }
    } catch (error) {
      const mayTryAgain = found.isTyped && left > 0 && error instanceof VaultError && error.code === 'wrong-password'
      if (!mayTryAgain) throw error
      terminal.warn({ fr: 'Ce mot de passe n’ouvre pas le dépôt.', en: 'This password does not open the repository.' })
    }
  }
}
