/** What `--help` says: what a command is for, how it is written, an example, its own flags, those of all verbs. */
import { styleText } from 'node:util'
import type { Described, VerbCommand } from './flags.ts'
import type { Text } from './language.ts'
import type { Terminal } from './terminal.ts'
import { widthOfOutput, wrap } from './wrap.ts'

const LEFT_MAX = 34

export interface HelpWords {
  readonly summary: Text
  readonly details?: Text
  readonly example: Text
}

/** @param name as it is typed: `couronne vault backup` */
export function printHelp(name: string, verb: HelpWords, command: VerbCommand, terminal: Terminal): void {
  const { language } = terminal
  const width = widthOfOutput()
  const title = (text: { fr: string; en: string }) => styleText('bold', terminal.say(text))
  const list = (described: readonly Described[]) => {
    for (const { words, text } of described) terminal.line(entry(words, text[language], width))
  }
  const usage = [name, ...command.arguments.map(({ words }) => words), '[options]'].join(' ')
  terminal.line(`${title({ fr: usage, en: usage })}\n${wrap(verb.summary[language], width, 2)}`)
  if (verb.details !== undefined) terminal.line(`\n${wrap(verb.details[language], width, 2)}`)
  terminal.line(`\n${title({ fr: 'Exemple', en: 'Example' })}\n  ${verb.example[language]}`)
  if (command.arguments.length > 0) {
    terminal.line()
    list(command.arguments)
  }
  if (command.flags.length > 0) {
    terminal.line(`\n${title({ fr: 'Options', en: 'Options' })}`)
    list(command.flags)
  }
  if (command.common.length === 0) return
  terminal.line(`\n${title({ fr: 'Options de tous les verbes', en: 'Options of all verbs' })}`)
  list(command.common)
}

function entry(words: string, text: string, width: number): string {
  const left = `  ${/^--/.test(words) ? `    ${words}` : words}`
  const body = wrap(text, width, LEFT_MAX)
  return left.length < LEFT_MAX - 1 ? `${left.padEnd(LEFT_MAX)}${body.trimStart()}` : `${left}\n${body}`
}
