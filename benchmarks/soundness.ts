/** What was measured must also be right: stock restic judges what we wrote, `diff` what was restored. */
import { restic018, run } from '../tests/peers/peers.ts'
import type { Bench } from './bench.ts'
import { STEP_TIMEOUT_MS } from './measure.ts'
import { PASSWORD, type Place } from './tools.ts'

/** @throws when stock restic finds an error in any byte of the repository */
export async function confirmByRestic(bench: Bench, { repository }: Place): Promise<void> {
  const started = performance.now()
  // A cache apart: the state of the place stays as the tool left it.
  await run(restic018(), ['-r', repository, 'check', '--read-data', '--no-cache'], {
    env: { RESTIC_PASSWORD: PASSWORD },
    timeoutMs: STEP_TIMEOUT_MS,
  })
  bench.say(`      stock restic finds no error in it (${((performance.now() - started) / 1000).toFixed(1)} s)`)
}

/** @throws when a file, a link or a folder is missing, added or different */
export async function confirmSameFiles(expected: string, actual: string): Promise<void> {
  await run('diff', ['-r', '--no-dereference', expected, actual], { timeoutMs: STEP_TIMEOUT_MS })
}
