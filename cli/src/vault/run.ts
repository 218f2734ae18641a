/** `couronne vault VERB`: finds the verb, loads it alone, parses, runs. */
import type { Repository } from '@couronne/vault'
import { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { Terminal } from '../terminal.ts'
import { addGlobalOptions, type GlobalOptions } from './options.ts'
import type { Verb } from './verb.ts'
import { VERBS } from './verbs.ts'

/** Global options of one letter or more that take a value: the verb is the first word that is none of them. */
function findVerb(args: readonly string[]): number {
  const probe = new Command()
  addGlobalOptions(probe)
  const takesValue = new Set(probe.options.filter(({ required }) => required).flatMap(({ short, long }) => [short, long]))
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (!word.startsWith('-')) return i
    if (takesValue.has(word)) i++
  }
  return -1
}

/** @returns the exit code */
export async function runVault(args: readonly string[]): Promise<number> {
  const at = findVerb(args)
  const name = args[at]
  if (name === undefined || name === 'help') return printVerbs()
  const load = VERBS[name]
  if (load === undefined) {
    new Terminal().error({
      fr: `couronne vault : il n’y a pas de verbe « ${name} »`,
      en: `couronne vault: there is no verb “${name}”`,
    })
    return EXIT.wrongUse
  }
  return runVerb(name, await load(), [...args.slice(0, at), ...args.slice(at + 1)])
}

async function runVerb(name: string, verb: Verb, args: readonly string[]): Promise<number> {
  const { language } = new Terminal()
  const command = new Command(`couronne vault ${name}`).description(verb.summary[language]).exitOverride()
  verb.define(command)
  addGlobalOptions(command)
  command.addHelpText('after', `\n${language === 'fr' ? 'Exemple' : 'Example'}:\n  ${verb.example}`)
  command.parse(args, { from: 'user' })
  const options = command.opts<GlobalOptions>()
  const terminal = new Terminal(options)
  const interrupt = new AbortController()
  const stop = () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted)
    terminal.warn({
      fr: 'interruption demandée : on termine proprement (encore Ctrl-C : tout de suite)',
      en: 'stopping cleanly (Ctrl-C again: at once)',
    })
    interrupt.abort()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  let opened: Promise<Repository> | undefined
  try {
    const { openFromOptions } = await import('./open.ts')
    const open = () => {
      opened ??= openFromOptions(options, terminal, interrupt.signal)
      return opened
    }
    return await verb.run({ args: command.args, options, terminal, signal: interrupt.signal, open })
  } catch (error) {
    if (interrupt.signal.aborted) return EXIT.interrupted
    throw error
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await opened?.then(
      (repository) => repository[Symbol.asyncDispose](),
      () => undefined,
    )
  }
}

async function printVerbs(): Promise<number> {
  const terminal = new Terminal()
  terminal.line({
    fr: 'couronne vault VERBE : le moteur, sur tout dépôt restic. « couronne vault VERBE --help » pour chacun.\n',
    en: 'couronne vault VERB: the engine, on any restic repository. “couronne vault VERB --help” for each.\n',
  })
  for (const [name, load] of Object.entries(VERBS))
    terminal.line(`  ${name.padEnd(12)}${(await load()).summary[terminal.language]}`)
  return EXIT.done
}
