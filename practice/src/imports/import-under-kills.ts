/** For tests: an import in a process of its own, killed and begun again until it comes to its end. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { KyselyPlugin } from 'kysely'
import type { OpenPractice } from '#open-practice'

const SCRIPT = join(import.meta.dirname, 'import-until-killed.ts')

/** Of a practice that this machine opens by itself. */
export interface AskedImport {
  /** what holds `practice` */
  readonly data: string
  readonly database?: string
  /** one after the other; without a profile: images, as `couronne images import` takes them; without a folder: records compared with one another */
  readonly steps: readonly { readonly profile?: string; readonly folder?: string }[]
}

/** By itself, some moments after it has come to its n-th statement; or by us. */
export type Kill =
  | { readonly afterStatements: number; readonly delayMs: number }
  | { readonly moment: (child: ChildProcess) => Promise<unknown> }

/** @returns how often it was killed */
export async function importUnderKills(asked: AskedImport, killsMax: number, nextKill: () => Kill): Promise<number> {
  for (let kills = 0; ; kills++) {
    const kill = kills < killsMax ? nextKill() : undefined
    const args = ['--disable-warning=ExperimentalWarning', SCRIPT, JSON.stringify({ ...asked, ...kill })]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit') as Promise<[number | null]>
    if (kill !== undefined && 'moment' in kill) {
      await Promise.race([kill.moment(child), ended])
      child.kill('SIGKILL')
    } else child.stdout.resume()
    const [code] = await ended
    assert.ok(code === null || code === 0, `the import ended with ${code}`)
    if (code === 0) return kills
  }
}

/** The practice, with each statement told before it is carried out. */
export function tellingStatements(practice: OpenPractice, tell: () => void): OpenPractice {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      tell()
      return node
    },
    transformResult: async ({ result }) => result,
  }
  return { ...practice, db: practice.db.withPlugin(plugin) }
}

/** When its first rows are there. */
export async function hasRows({ stdout }: ChildProcess): Promise<void> {
  if (stdout !== null) await once(stdout, 'data')
}
