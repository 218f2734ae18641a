/**
 * `couronne`: arguments in, one call, print. This file knows which verbs exist; each verb is a file of its own, loaded when it is asked for.
 */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'

const EXIT_WRONG_USE = 2

/**
 * Runs one command line.
 *
 * @param args without the program's name
 * @returns the exit code: 0 done, 1 could not be done, 2 wrong use, 3 done but some source files could not be read
 */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('couronne')
    .description('Backups of a dental practice, encrypted, on several mirrors, checked, healed and restored')
    .exitOverride()
    .configureHelp({ sortSubcommands: true })
  program
    .command('version')
    .description('print the version of couronne and of the Node that runs it')
    .action(() => {
      console.log(`couronne ${version()} on Node ${process.version}, ${process.platform}/${process.arch}`)
    })
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG_USE
    throw error
  }
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
