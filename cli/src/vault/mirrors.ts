/** The mirrors that this machine knows of, beside those that the command line names; and their catching up. */
import {
  type AttachedMirrors,
  attachMirrors,
  type CatchUpSummary,
  catchUp,
  causeOf,
  type Finding,
  findSamePlace,
  type Mirror,
  MirrorRegistry,
  mirrorsThatLack,
  type Repository,
  VaultError,
} from '@couronne/vault'
import { printCount, printSize, type Terminal } from '../terminal.ts'
import { sayBehind } from './behind-words.ts'
import { MIRROR_RETRY } from './open.ts'
import { sayStep } from './progress-words.ts'
import { storageOptions } from './storage-options.ts'
import type { VerbContext } from './verb.ts'

/** A mirror that does not give its configuration within this is not waited for. */
const PROBE_MS = 10_000

export interface MirroredRepository {
  readonly repository: Repository
  readonly registry: MirrorRegistry
  readonly attached: AttachedMirrors
}

type Context = Pick<VerbContext<object>, 'options' | 'terminal' | 'signal'>

/**
 * Several mirrors that stand side by side on the command line are known to this machine from now on. One that it knows by another address
 * keeps that one. What is away may be such a one, and is not written down.
 */
export async function rememberMirrors({ id, storage }: Repository): Promise<MirrorRegistry> {
  const registry = new MirrorRegistry(id)
  if (storage.mirrors.length === 1) return registry
  for (const { location } of storage.current) {
    const known = registry.list().map(({ address }) => address)
    if ((await findSamePlace(location, known)) === undefined) registry.add(location)
  }
  return registry
}

/** Takes in the mirrors that this machine knows of; several that the command line names are known from now on. */
export async function withMirrors(repository: Repository, { options, terminal, signal }: Context): Promise<MirroredRepository> {
  const registry = await rememberMirrors(repository)
  const storage = await storageOptions(options, terminal)
  const attached = await attachMirrors(repository, registry, {
    ...storage,
    retry: { ...storage.retry, ...MIRROR_RETRY },
    signal,
  })
  return { repository, registry, attached }
}

/** After a backup: writes down when each mirror was complete, and brings up to date those that are not. */
export async function acknowledgeAll(mirrored: MirroredRepository, context: Context): Promise<void> {
  const { repository, registry, attached } = mirrored
  for (const mirror of repository.storage.mirrors) {
    const name = attached.names.get(mirror)
    if (mirror.isCurrent && name !== undefined) registry.markCurrent(name)
  }
  await catchUpAll(mirrored, context)
}

/** One that takes part may owe removals all the same: it did not answer just then, or somebody was at work there. */
export function isLateOrOwes({ isCurrent, debts }: Mirror): boolean {
  return !isCurrent || debts.size > 0
}

/**
 * Brings every mirror that is behind up to date, where it can be reached; and then those that lack what it got while it was alone.
 * @returns how many stay behind, or lack what no other mirror has right
 */
export async function catchUpAll(
  mirrored: MirroredRepository,
  context: Context,
  isLate = ({ isCurrent }: Mirror) => !isCurrent,
): Promise<number> {
  const { repository } = mirrored
  const late = repository.storage.mirrors.filter(isLate)
  const stillBehind = await catchUpEach(late, mirrored, context)
  if (stillBehind === late.length) return stillBehind
  const lacking = await mirrorsThatLack(repository, { signal: context.signal })
  return stillBehind + (await catchUpEach(lacking, mirrored, context))
}

async function catchUpEach(
  mirrors: readonly Mirror[],
  mirrored: MirroredRepository,
  { terminal, signal }: Context,
): Promise<number> {
  let stillBehind = 0
  for (const mirror of mirrors) {
    try {
      await mirror.storage.load('config', '', { signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]) })
      if (!(await catchUpOne(mirrored, mirror, terminal, signal))) stillBehind++
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof VaultError || (error instanceof Error && error.name === 'TimeoutError'))) throw error
      stillBehind++
      const said = sayBehind(
        error instanceof VaultError ? causeOf(error) : { code: 'storage-unreachable', reason: error.message },
      )
      terminal.problem(
        {
          fr: `${mirror.location} : reste en retard (${said.fr})`,
          en: `${mirror.location}: stays behind (${said.en})`,
        },
        { severity: 'warning', mirror: mirror.location, message: `stays behind: ${error.message}` },
      )
    }
  }
  return stillBehind
}

async function catchUpOne(
  { repository, registry, attached }: MirroredRepository,
  mirror: Mirror,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  const name = attached.names.get(mirror)
  let isWhole = true
  for await (const event of catchUp(repository, mirror, { ...(name !== undefined && { registry, name }), signal })) {
    if (event.kind === 'progress')
      sayStep(terminal, event.progress.phase, event.progress.done, event.progress.total, mirror.location)
    else if (event.kind === 'finding') printCatchUpFinding(mirror.location, event.finding, terminal)
    else isWhole = printCaughtUp(mirror.location, event.summary, terminal)
  }
  return isWhole
}

export function printCatchUpFinding(location: string, finding: Finding, terminal: Terminal): void {
  const { kind, object, message } = finding
  const what = object === '' ? '' : ` ${kind}/${object.slice(0, 8)}:`
  terminal.problem(`${location}:${what} ${message}`, { ...finding, mirror: location })
}

/** @returns whether it lacks nothing */
export function printCaughtUp(
  location: string,
  { copied, bytesCopied, removed, stillOwed, notCopied }: CatchUpSummary,
  terminal: Terminal,
): boolean {
  const objects = copied.data + copied.index + copied.snapshots
  terminal.json({
    message_type: 'caught_up',
    ...{ mirror: location, objects, bytes: bytesCopied, removed, still_owed: stillOwed, not_copied: notCopied },
  })
  if (notCopied > 0) {
    const missing = { fr: printCount(notCopied, 'fr', 'objet'), en: printCount(notCopied, 'en', 'object') }
    terminal.error({
      fr: `${location} : INCOMPLÈTE, il y manque ${missing.fr} qu’aucune autre copie n’a en bon état. Ensuite : couronne vault heal`,
      en: `${location}: INCOMPLETE, it lacks ${missing.en} that no other mirror has right. Next: couronne vault heal`,
    })
    return false
  }
  terminal.info({
    fr: `${location} : à jour (${printCount(objects, 'fr', 'objet copié', 'objets copiés')}, ${printSize(bytesCopied, 'fr')}${removed > 0 ? `, ${printCount(removed, 'fr', 'retiré')}` : ''})`,
    en: `${location}: current (${printCount(objects, 'en', 'object')} copied, ${printSize(bytesCopied, 'en')}${removed > 0 ? `, ${removed} removed` : ''})`,
  })
  return true
}
