/** A command's arguments and flags, told in both languages. Commander takes the words of the command line apart. */
import { Command, CommanderError, Option } from 'commander'
import type { Language, Text } from './language.ts'
import { plainWords } from './plain-words.ts'
import { WrongUse } from './wrong-use.ts'

export interface FlagDetails {
  /** May be given several times; the values come as a list. */
  readonly many?: boolean
  /** Takes no value and may be repeated; the value is how often. */
  readonly counted?: boolean
  /** Environment variable that stands in for it. */
  readonly env?: string
  readonly choices?: readonly string[]
  readonly default?: string
  /** Known to scripts, of no interest to people. */
  readonly hidden?: boolean
}

export interface Described {
  readonly words: string
  readonly text: Text
}

export class VerbCommand {
  readonly arguments: Described[] = []
  readonly flags: Described[] = []
  readonly common: Described[] = []
  readonly #command: Command
  #isCommon = false

  /** @param name as it is typed: `couronne vault backup` */
  constructor(name: string) {
    this.#command = new Command(name).helpOption(false).exitOverride()
    // What commander would say in English is said by us.
    this.#command.configureOutput({ writeErr: () => {}, writeOut: () => {} })
  }

  /** `words`: `<needed>`, `[optional]`, `[several...]`. */
  argument(words: string, text: Text): this {
    this.#command.argument(words)
    this.arguments.push({ words, text })
    return this
  }

  flag(words: string, text: Text, details: FlagDetails = {}): this {
    const option = new Option(words)
    if (details.many) option.argParser((value: string, earlier: string[] = []): string[] => [...earlier, value])
    if (details.counted) option.argParser((_value: string, earlier: number = 0): number => earlier + 1)
    if (details.env !== undefined && process.env[details.env]) option.env(details.env) // an empty variable is none, as for restic
    if (details.choices !== undefined) option.choices(details.choices)
    if (details.default !== undefined) option.default(details.default)
    this.#command.addOption(option)
    if (!details.hidden) (this.#isCommon ? this.common : this.flags).push({ words, text: withDetails(text, details) })
    return this
  }

  /** The flags that follow are those of all verbs. */
  startCommon(): this {
    this.#isCommon = true
    return this
  }

  /** Words that take a value: `-r`, `--repo`… */
  get valued(): ReadonlySet<string | undefined> {
    return new Set(this.#command.options.filter(({ required }) => required).flatMap(({ short, long }) => [short, long]))
  }

  /** @throws {WrongUse} when a word is not understood */
  parse<Options>(words: readonly string[]): { readonly args: readonly string[]; readonly options: Options } {
    try {
      this.#command.parse(plainWords(words, this.#command.options), { from: 'user' })
    } catch (error) {
      if (error instanceof CommanderError) throw wrongUseOf(this.#command.name(), error, this.arguments)
      throw error
    }
    return { args: this.#command.args, options: this.#command.opts() as Options }
  }
}

function withDetails(text: Text, { env, default: standard, choices }: FlagDetails): Text {
  const facts = (language: Language) =>
    [
      ...(choices === undefined ? [] : [choices.join(', ')]),
      ...(standard === undefined || standard === '' ? [] : [`${language === 'fr' ? 'd’office' : 'default'} ${standard}`]),
      ...(env === undefined ? [] : [env]),
    ].join(' ; ')
  const after = (language: Language) => (facts(language) === '' ? '' : ` (${facts(language)})`)
  return { fr: `${text.fr}${after('fr')}`, en: `${text.en}${after('en').replaceAll(' ; ', '; ')}` }
}

/** What commander did not understand, in our words, and where to look. */
function wrongUseOf(name: string, error: CommanderError, known: readonly Described[]): WrongUse {
  const { fr, en } = sayWrong(error, known)
  const help = `${name} --help`
  return new WrongUse({ fr: `${fr}. Voyez « ${help} »`, en: `${en}. See “${help}”` })
}

function sayWrong({ code, message }: CommanderError, known: readonly Described[]): Text {
  const quoted = [...message.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '')
  const suggestion = /Did you mean (?:one of )?([^?)]+)\?/.exec(message)?.[1]
  switch (code) {
    case 'commander.unknownOption': {
      // What follows is not repeated: it may be a password that somebody tries to give so.
      const option = quoted[0]?.split('=')[0]
      return {
        fr: `option inconnue : ${option}${suggestion === undefined ? '' : ` (serait-ce ${suggestion} ?)`}`,
        en: `unknown option: ${option}${suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`}`,
      }
    }
    case 'commander.optionMissingArgument':
      return { fr: `il manque la valeur de ${quoted[0]}`, en: `${quoted[0]} needs a value` }
    case 'commander.missingArgument': {
      const words = `<${quoted[0]}>`
      const text = known.find((argument) => argument.words.replace('...', '') === words)?.text
      return { fr: `il manque ${words} (${text?.fr ?? '?'})`, en: `${words} is missing (${text?.en ?? '?'})` }
    }
    case 'commander.invalidArgument': {
      const choices = /Allowed choices are (.*)\./.exec(message)?.[1] ?? ''
      return {
        fr: `${quoted[0]} : « ${quoted[1]} » n’est pas une valeur possible (${choices})`,
        en: `${quoted[0]}: “${quoted[1]}” is not one of ${choices}`,
      }
    }
    case 'commander.excessArguments':
      return { fr: 'il y a un mot de trop sur la ligne', en: 'there is a word too many on the line' }
    default:
      return { fr: message, en: message }
  }
}
