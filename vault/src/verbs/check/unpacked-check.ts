/** Index files and snapshots: small, so that each is read whole on each mirror, whatever else is read. */
import { VaultError } from '#errors'
import { decodeUnpacked } from '#format'
import { inLanes } from '#repository'
import type { CheckRun } from './run.ts'

const LANES = 4
/** Larger than any that we or restic write; junk is not loaded to find out. */
const STORED_BYTES_MAX = 256 * 1024 * 1024

/**
 * Reads every index or snapshot on every mirror that lists it, and reports those that are damaged, missing or junk.
 * @param visit gets the JSON of each that the repository holds, once; what it throws as a VaultError makes the object junk
 */
export async function checkUnpacked(
  run: CheckRun,
  kind: 'index' | 'snapshots',
  visit: (name: string, json: Uint8Array) => void,
  onDone: () => void,
): Promise<void> {
  await inLanes(run.inventory.names(kind), LANES, async (name) => checkOne(run, kind, name, visit).finally(onDone), run.signal)
}

async function checkOne(
  run: CheckRun,
  kind: 'index' | 'snapshots',
  name: string,
  visit: (name: string, json: Uint8Array) => void,
): Promise<void> {
  const { inventory, repository, mirrors } = run
  const isExpected = inventory.isExpected(kind, name)
  const wrong: { place: number; message: string }[] = []
  const right: number[] = []
  let stored: Uint8Array | undefined
  for (const place of inventory.holders(kind, name)) {
    if (inventory.sizeAt(kind, name, place)! > STORED_BYTES_MAX) {
      wrong.push({ place, message: `has ${inventory.sizeAt(kind, name, place)} bytes, which none of ours ever has` })
      continue
    }
    const bytes = await run.load(mirrors[place]!, kind, name)
    if (typeof bytes === 'string') wrong.push({ place, message: bytes })
    else if (repository.primitives.sha256Hex(bytes) !== name) wrong.push({ place, message: 'its bytes do not hash to its name' })
    else {
      right.push(place)
      stored ??= bytes
    }
  }
  for (const { place, message } of wrong) {
    const mirror = mirrors[place]!
    // Removed since it was listed: somebody has rewritten the index, or forgotten the snapshot.
    if (right.length === 0 && !(await run.isThere(mirror, kind, name))) {
      if (kind === 'index') run.hasVanishedIndex = true
      continue
    }
    run.report('object-damaged', 'error', kind, name, message, mirror)
  }
  if (stored === undefined || !isExpected) return
  try {
    visit(name, decodeUnpacked(repository.primitives, repository.key, stored))
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    const code = kind === 'index' ? 'index-junk' : 'snapshot-junk'
    for (const place of right) run.report(code, 'error', kind, name, error.message, mirrors[place])
    return
  }
  await run.reportMissing(kind, name, 'error', mirrors[right[0]!]!)
}
