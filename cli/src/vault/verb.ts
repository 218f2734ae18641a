/** What a verb of `couronne vault` is made of. Its file is loaded when it is asked for. */
import type { Repository } from '@couronne/vault'
import type { VerbCommand } from '../flags.ts'
import type { Text } from '../language.ts'
import type { Terminal } from '../terminal.ts'
import type { GlobalOptions } from './options.ts'

export interface OpenOptions {
  /** Whether copies that this machine keeps may answer for a destination that is elsewhere; verbs that judge it say no. */
  readonly cached?: boolean
}

export interface VerbContext<Options> {
  /** Positional arguments. */
  readonly args: readonly string[]
  readonly options: Options & GlobalOptions
  readonly terminal: Terminal
  /** Aborts at the first Ctrl-C; the second one ends the process. */
  readonly signal: AbortSignal
  /** Opens the repository that the options and the environment name; closed when the verb is done. */
  open(options?: OpenOptions): Promise<Repository>
  /** The password that the options and the environment name, or that was typed; asked for once. */
  password(): Promise<string>
}

export interface Verb<Options = object> {
  readonly summary: Text
  /** What else one must know, for `--help`. */
  readonly details?: Text
  /** A command line that works, for `--help`. */
  readonly example: Text
  /** Adds arguments and flags of its own; those of all verbs come after. */
  define(command: VerbCommand): void
  /** Whether standard input is data: a password is then not looked for there. */
  readsInput?(options: Options): boolean
  /** @returns the exit code */
  run(context: VerbContext<Options>): Promise<number>
}
