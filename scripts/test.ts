/**
 * `npm test`: everything, nothing skipped. `npm run check` (`--quick`): the same without the long tests in `tests/`. `npm run campaign`
 * (`--campaign`): the tests alone, at their full size. Paths of test files run those alone: `npm test -- vault/src/format/id.test.ts`.
 *
 * The last lines are those of Node's own test runner.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fetchPeers } from './peers.ts'
import { ensureRequirements } from './requirements.ts'

const root = join(import.meta.dirname, '..')
const programs = join(root, 'node_modules', '.bin')

const QUICK = [
  'scripts/**/*.test.ts',
  'vault/src/**/*.test.ts',
  'formats/src/**/*.test.ts',
  'practice/src/**/*.test.ts',
  'web/src/**/*.test.ts',
  'cli/**/*.test.ts',
  'samples/**/*.test.ts',
  'tests/*.test.ts',
]
const ALL = ['tests/**/*.test.ts', ...QUICK, 'benchmarks/**/*.test.ts']
/** Cheapest first: a stray comma is told in a second. */
const CHECKS: readonly (readonly [name: string, program: string, ...args: string[]])[] = [
  ['format, lint, walls', 'biome', 'ci', '--error-on-warnings', '--diagnostic-level=warn'],
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['types of the pages', 'tsc', '-p', 'web/tsconfig.json'],
  ['dead code, dependencies', 'knip', '--no-config-hints'],
]

const TEST_TIMEOUT_MS = 15 * 60_000
const CAMPAIGN_TIMEOUT_MS = 12 * 3_600_000

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, campaign: { type: 'boolean', default: false } },
})

try {
  process.exitCode = main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function main(): number {
  step('tools', () => {
    ensureRequirements(say)
    fetchPeers(say)
  })
  if (positionals.length === 0 && !flags.campaign) {
    for (const [name, program, ...args] of CHECKS) {
      const status = step(name, () => runProgram(program, args))
      if (status !== 0) return status
    }
  }
  return runTests(positionals.length > 0 ? positionals : findTests(flags.quick ? QUICK : ALL))
}

function findTests(patterns: readonly string[]): string[] {
  const files = new Set(globSync([...patterns], { cwd: root, exclude: (name) => name.includes('node_modules') }))
  if (files.size === 0) throw new Error(`no test matches ${patterns.join(' ')}`)
  return [...files]
}

function runTests(files: readonly string[]): number {
  const timeoutMs = flags.campaign ? CAMPAIGN_TIMEOUT_MS : TEST_TIMEOUT_MS
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-concurrency=2',
    `--test-timeout=${timeoutMs}`,
    ...files,
  ]
  return runProgram(process.execPath, args, {
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'couronne-code'), // each file is a process: half of a short one is compiling
    ...(flags.campaign ? { COURONNE_CAMPAIGN: '1' } : {}),
  })
}

function runProgram(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  const colours = process.stdout.isTTY ? {} : { NO_COLOR: '1' }
  const path = program.includes('/') ? program : join(programs, program)
  const result = spawnSync(path, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...colours, ...env },
  })
  if (result.error !== undefined) throw result.error
  return result.status ?? 1
}

function step<T>(name: string, work: () => T): T {
  const start = performance.now()
  const result = work()
  say(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
  return result
}

function say(line: string): void {
  console.error(line)
}
