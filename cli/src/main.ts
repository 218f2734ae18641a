/**
 * `couronne`: arguments in, one call, print. This file knows which commands exist; each is a file of its own, loaded when it is asked for.
 */
import { readFileSync } from 'node:fs'
import type { Text } from './language.ts'
import { Terminal } from './terminal.ts'

const EXIT_WRONG_USE = 2

interface CommandEntry {
  readonly summary: Text
  /** Runs with the arguments after the command's name; gives the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  demo: {
    summary: {
      fr: 'un cabinet d’exemple : sauvegardé deux fois, abîmé, guéri, détruit, restauré, prouvé',
      en: 'a sample practice: backed up twice, damaged, healed, destroyed, restored, proven',
    },
    run: async (args) => (await import('./demo/demo.ts')).runDemo(args),
  },
  vault: {
    summary: { fr: 'le moteur, sur tout dépôt restic', en: 'the engine, on any restic repository' },
    run: async (args) => (await import('./vault/run.ts')).runVault(args),
  },
  version: {
    summary: { fr: 'la version de couronne et de Node', en: 'the version of couronne and of Node' },
    run: async () => {
      console.log(`couronne ${version()} on Node ${process.version}, ${process.platform}/${process.arch}`)
      return 0
    },
  },
}

/**
 * Runs one command line.
 *
 * @param args without the program's name
 * @returns the exit code: 0 done, 1 could not be done, 2 wrong use, 3 done but some source files could not be read; the vault's verbs
 * add 10 no repository, 11 locked, 12 wrong password, 130 interrupted
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = args
  const command = COMMANDS[name.replace(/^--(?=version$)/, '')]
  if (command === undefined) return printHelp(name)
  try {
    return await command.run(rest)
  } catch (error) {
    return explain(error)
  }
}

function printHelp(asked: string): number {
  const terminal = new Terminal()
  const isAsked = ['help', '--help', '-h'].includes(asked)
  if (!isAsked)
    terminal.error({ fr: `couronne : il n’y a pas de commande « ${asked} »`, en: `couronne: there is no command “${asked}”` })
  terminal.line({ fr: 'couronne COMMANDE\n', en: 'couronne COMMAND\n' })
  for (const [name, { summary }] of Object.entries(COMMANDS)) terminal.line(`  ${name.padEnd(10)}${terminal.say(summary)}`)
  return isAsked ? 0 : EXIT_WRONG_USE
}

/** The words and the exit code are looked up only when something went wrong: a small verb starts without them. */
async function explain(error: unknown): Promise<number> {
  const { exitCodeOf } = await import('./exit-codes.ts')
  const { CommanderError } = await import('commander')
  // Commander has said by itself what it did not understand.
  if (!(error instanceof CommanderError)) {
    const { wordsFor } = await import('./messages.ts')
    new Terminal().error(wordsFor(error))
    if (process.env.COURONNE_DEBUG === '1') console.error(error)
  }
  return exitCodeOf(error)
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
