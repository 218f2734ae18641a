/** `couronne vault VERB`: finds the verb, loads it alone, parses, runs. */

import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { Interruption } from '../interruption.ts'
import { Terminal } from '../terminal.ts'
import { widthOfOutput, wrap } from '../wrap.ts'
import { WrongUse } from '../wrong-use.ts'
import { nearest } from './nearest.ts'
import { addGlobalFlags, type GlobalOptions } from './options.ts'
import type { OpenOptions, Verb } from './verb.ts'
import { GROUPS, NOT_OURS, VERBS } from './verbs.ts'

/** Column of what a verb does, in the list of verbs. */
const SUMMARY_AT = 14

/** @returns the exit code */
export async function runVault(args: readonly string[]): Promise<number> {
  const at = findVerb(args)
  const name = args[at] ?? 'help'
  const rest = args.toSpliced(at < 0 ? args.length : at, 1)
  if (name === 'help') return rest[0] === undefined || rest[0].startsWith('-') ? printVerbs() : runVault([rest[0], '--help'])
  const load = VERBS[name]
  if (load === undefined) throw unknownVerb(name)
  return runVerb(name, await load(), rest)
}

/** Flags of all verbs may stand before the verb, as restic allows: the verb is the first word that belongs to none of them. */
function findVerb(args: readonly string[]): number {
  const probe = new VerbCommand('probe')
  addGlobalFlags(probe)
  const { valued } = probe
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (!word.startsWith('-')) return i
    if (valued.has(word)) i++
  }
  return -1
}

function unknownVerb(name: string): WrongUse {
  const reason = NOT_OURS[name]
  if (reason !== undefined) return new WrongUse(reason)
  const near = nearest(name, Object.keys(VERBS))
  return new WrongUse({
    fr: `il n’y a pas de verbe « ${name} »${near === undefined ? '' : ` (serait-ce ${near} ?)`}. « couronne vault --help » les montre tous`,
    en: `there is no verb “${name}”${near === undefined ? '' : ` (did you mean ${near}?)`}. “couronne vault --help” shows them all`,
  })
}

async function runVerb(name: string, verb: Verb, words: readonly string[]): Promise<number> {
  const full = `couronne vault ${name}`
  const command = new VerbCommand(full)
  verb.define(command)
  addGlobalFlags(command)
  if (asksForHelp(words)) {
    const { printHelp } = await import('../help.ts')
    printHelp(full, verb, command, new Terminal())
    return EXIT.done
  }
  const { args, options } = command.parse<GlobalOptions>(words)
  if (options.quiet && options.verbose) throw new WrongUse({ fr: '-q et -v s’excluent', en: '-q and -v exclude each other' })
  const terminal = new Terminal(options)
  await using interruption = new Interruption(terminal)
  const { signal } = interruption
  const inputIsData = verb.readsInput?.(options) ?? false
  const { openFromOptions } = await import('./open.ts')
  const open = async ({ cached = true }: OpenOptions = {}) => {
    const opened = openFromOptions({ options, terminal, signal, isCached: cached, inputIsData })
    interruption.closeAtEnd(opened.then(({ repository }) => repository))
    return opened
  }
  let opened: ReturnType<typeof open> | undefined
  const openOnce = (how?: OpenOptions) => {
    opened ??= open(how)
    return opened
  }
  try {
    return await verb.run({
      args,
      options,
      terminal,
      signal,
      open: async (how) => (await openOnce(how)).repository,
      password: async () => (await openOnce()).password,
    })
  } catch (error) {
    if (interruption.code !== undefined) return interruption.code
    throw error
  }
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h')
}

async function printVerbs(): Promise<number> {
  const terminal = new Terminal()
  const width = widthOfOutput()
  terminal.line({
    fr: 'couronne vault VERBE : le moteur, sur tout dépôt restic.\n« couronne vault VERBE --help » dit tout d’un verbe, avec un exemple.\n',
    en: 'couronne vault VERB: the engine, on any restic repository.\n“couronne vault VERB --help” says all about a verb, with an example.\n',
  })
  for (const { title, verbs } of GROUPS) {
    terminal.line(title)
    const loaded = await Promise.all(verbs.map(async (name) => [name, (await VERBS[name]!()).summary] as const))
    for (const [name, summary] of loaded)
      terminal.line(`  ${name.padEnd(11)} ${wrap(terminal.say(summary), width, SUMMARY_AT).trimStart()}`)
    terminal.line()
  }
  const password = {
    fr: 'Le mot de passe vient d’un fichier (RESTIC_PASSWORD_FILE) ou est demandé ; jamais de la ligne de commande.',
    en: 'The password comes from a file (RESTIC_PASSWORD_FILE) or is asked for; never from the command line.',
  }
  terminal.line(wrap(terminal.say(password), width, 0))
  return EXIT.done
}
