/** What a verb of `couronne vault` is made of. Its file is loaded when it is asked for, and loads the engine only when it runs. */
import type { Repository } from '@couronne/vault'
import type { Command } from 'commander'
import type { Text } from '../language.ts'
import type { Terminal } from '../terminal.ts'
import type { GlobalOptions } from './options.ts'

export interface VerbContext<Options> {
  /** Positional arguments. */
  readonly args: readonly string[]
  readonly options: Options & GlobalOptions
  readonly terminal: Terminal
  /** Aborts at the first Ctrl-C; the second one ends the process. */
  readonly signal: AbortSignal
  /** Opens the repository that the options and the environment name; closed when the verb is done. */
  open(): Promise<Repository>
}

export interface Verb<Options = object> {
  readonly summary: Text
  /** A command line that works, for `--help`. */
  readonly example: string
  /** Adds arguments and options of its own; the global ones are there already. */
  define(command: Command): void
  /** @returns the exit code */
  run(context: VerbContext<Options>): Promise<number>
}
