/** Packs as the mirrors list them against packs as the index describes them: missing, surplus, of another size. Nothing is read. */
import type { PackId } from '#format'
import type { CheckedIndex } from './index-check.ts'
import type { CheckRun } from './run.ts'

export async function checkPackListing(run: CheckRun, { table, marked }: CheckedIndex): Promise<void> {
  const { inventory, mirrors } = run
  for (const pack of table.ids) {
    const holders = inventory.holders('data', pack)
    if (holders.length === 0) {
      run.report('pack-missing', 'error', 'data', pack, 'an index names it and no mirror has it')
      continue
    }
    for (const place of holders) {
      const sizeBytes = inventory.sizeAt('data', pack, place)!
      if (sizeBytes === table.sizeBytes(pack)) continue
      const message = `has ${sizeBytes} bytes, the index says ${table.sizeBytes(pack)}`
      run.report('pack-size', 'error', 'data', pack, message, mirrors[place])
    }
    await run.reportMissing('data', pack, 'error', mirrors[holders[0]!]!)
  }
  for (const pack of inventory.names('data')) if (!table.has(pack) && !marked.has(pack)) await checkUnindexed(run, pack as PackId)
}

async function checkUnindexed(run: CheckRun, pack: PackId): Promise<void> {
  const { inventory, mirrors } = run
  const holders = inventory.holders('data', pack).filter((place) => !inventory.isOwed('data', pack, place))
  for (const place of holders) {
    if (mirrors[place]!.isCurrent) run.report('pack-unindexed', 'hint', 'data', pack, 'no index names it', mirrors[place])
  }
  if (holders.length > 0 && inventory.isExpected('data', pack)) {
    await run.reportMissing('data', pack, 'hint', mirrors[holders[0]!]!)
  }
}
