/** Configuration, keys and locks: objects that each mirror has for itself. */
import { VaultError } from '#errors'
import { decodeConfig, decodeKeyFile, decodeLock, decodeUnpacked, unseal } from '#format'
import { isStale, type Mirror } from '#repository'
import type { CheckRun } from './run.ts'

/** stock restic tries so many keys */
const KEYS_MAX = 20
const SMALL_BYTES_MAX = 1024 * 1024

export async function checkOwnObjects(run: CheckRun): Promise<void> {
  const versions = new Map<Mirror, number>()
  for (const [place, mirror] of run.mirrors.entries()) {
    const version = await checkConfig(run, mirror)
    if (version !== undefined) versions.set(mirror, version)
    await checkKeys(run, mirror, place)
    await checkLocks(run, mirror, place)
  }
  const newest = Math.max(...versions.values())
  for (const [mirror, version] of versions) {
    if (version < newest)
      run.report('config-version', 'error', 'config', '', `has format version ${version}, another mirror ${newest}`, mirror)
  }
}

/** @returns the format version that it names, when it is sound */
async function checkConfig(run: CheckRun, mirror: Mirror): Promise<number | undefined> {
  let version: number | undefined
  const { primitives, key, config } = run.repository
  const stored = await run.load(mirror, 'config', '')
  const message = explain(stored, (bytes) => {
    const theirs = decodeConfig(unseal(primitives, key, bytes))
    if (theirs.id !== config.id) throw new VaultError('usage', 'belongs to another repository')
    if (theirs.chunkerPolynomial !== config.chunkerPolynomial) throw new VaultError('usage', 'has another chunker polynomial')
    version = theirs.version
  })
  if (message !== undefined) run.report('config-damaged', 'error', 'config', '', message, mirror)
  return version
}

async function checkKeys(run: CheckRun, mirror: Mirror, place: number): Promise<void> {
  let usable = 0
  const names = run.inventory.names('keys').filter((name) => run.inventory.sizeAt('keys', name, place) !== undefined)
  for (const name of names) {
    const stored = await loadSmall(run, mirror, 'keys', name, place)
    if (typeof stored === 'string' || run.repository.primitives.sha256Hex(stored) !== name) {
      const why = typeof stored === 'string' ? stored : 'its bytes do not hash to its name'
      run.report('key-damaged', 'error', 'keys', name, why, mirror)
      continue
    }
    const message = explain(stored, decodeKeyFile)
    if (message === undefined) usable++
    else run.report('key-junk', 'error', 'keys', name, message, mirror)
  }
  if (usable === 0)
    run.report('keys-none', 'error', 'keys', '', 'no key file here can be used: nobody could open it alone', mirror)
  if (usable > KEYS_MAX) run.report('keys-many', 'warning', 'keys', '', `there are ${usable} keys`, mirror)
}

async function checkLocks(run: CheckRun, mirror: Mirror, place: number): Promise<void> {
  const { primitives, key } = run.repository
  for (const name of run.inventory.names('locks')) {
    const sizeBytes = run.inventory.sizeAt('locks', name, place)
    // Empty lock files are ignored by everybody.
    if (sizeBytes === undefined || sizeBytes === 0) continue
    const stored = await loadSmall(run, mirror, 'locks', name, place)
    const message = explain(stored, (bytes) => {
      if (primitives.sha256Hex(bytes) !== name) throw new VaultError('object-damaged', 'its bytes do not hash to its name')
      const lock = decodeLock(decodeUnpacked(primitives, key, bytes))
      if (isStale(lock, Temporal.Now.instant())) {
        run.report('lock-stale', 'hint', 'locks', name, `nobody stands behind it: PID ${lock.pid} on ${lock.hostname}`, mirror)
      }
    })
    // Its holder may have given it back meanwhile.
    if (message === undefined || !(await run.isThere(mirror, 'locks', name))) continue
    run.report('lock-unreadable', 'warning', 'locks', name, message, mirror)
  }
}

function loadSmall(
  run: CheckRun,
  mirror: Mirror,
  kind: 'keys' | 'locks',
  name: string,
  place: number,
): Promise<Uint8Array | string> {
  const sizeBytes = run.inventory.sizeAt(kind, name, place)!
  if (sizeBytes > SMALL_BYTES_MAX) return Promise.resolve(`has ${sizeBytes} bytes, which none of ours ever has`)
  return run.load(mirror, kind, name)
}

/** What is wrong with stored bytes; undefined when they decode. A text is the reason why there are none. */
function explain(stored: Uint8Array | string, decode: (bytes: Uint8Array) => unknown): string | undefined {
  if (typeof stored === 'string') return stored
  try {
    decode(stored)
    return undefined
  } catch (error) {
    if (error instanceof VaultError) return error.message
    throw error
  }
}
