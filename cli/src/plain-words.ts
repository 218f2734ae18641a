/**
 * The words of a command line as Go programs take them, written as commander takes them: `--json=true`, `--no-cache=false`,
 * `--verbose=2`, `-r=/path`.
 */
import type { Option } from 'commander'
import { WrongUse } from './wrong-use.ts'

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

export function plainWords(words: readonly string[], options: readonly Option[]): string[] {
  const end = words.indexOf('--')
  const [flags, rest] = end < 0 ? [words, []] : [words.slice(0, end), words.slice(end)]
  const known = (name: string) => options.find(({ short, long }) => short === name || long === name)
  return [...flags.flatMap((word) => plainWord(word, known)), ...rest]
}

function plainWord(word: string, known: (name: string) => Option | undefined): readonly string[] {
  const match = /^(--?[A-Za-z][\w-]*)=(.*)$/s.exec(word)
  const option = match?.[1] === undefined ? undefined : known(match[1])
  if (match === null || option === undefined) return [word]
  const [, name = '', value = ''] = match
  if (option.required) return name.startsWith('--') ? [word] : [name, value]
  if (option.attributeName() === 'verbose' && /^\d$/.test(value)) return Array.from({ length: Number(value) }, () => name)
  if (TRUE.has(value)) return [name]
  if (FALSE.has(value)) return []
  throw new WrongUse({ fr: `${name} ne prend pas de valeur`, en: `${name} takes no value` })
}
