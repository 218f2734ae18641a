/**
 * The password: from the environment, a file or a command, as restic looks for it; else typed on a terminal, or one line of standard
 * input. Never from the command line, which every user of the machine can read; never in what is printed.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Text } from '../language.ts'
import type { Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { readTextFile } from './options.ts'

export interface PasswordFlags {
  readonly passwordFile?: string
  readonly passwordCommand?: string
  readonly insecureNoPassword?: boolean
}

export interface PasswordSources {
  readonly flags: PasswordFlags
  readonly env: Readonly<Record<string, string | undefined>>
  /** Before the names of the variables: `RESTIC_`, or `RESTIC_FROM_` for the repository that is read from. */
  readonly prefix: 'RESTIC_' | 'RESTIC_FROM_'
  /** Standard input is data: no password is looked for there. */
  readonly inputIsData: boolean
  readonly terminal: Terminal
}

/** A password, and whether somebody typed it, who may want to try again. */
export interface FoundPassword {
  readonly password: string
  readonly isTyped: boolean
}

/** @throws {WrongUse} when there is none */
export async function findPassword(sources: PasswordSources): Promise<FoundPassword> {
  const stored = await storedPassword(sources)
  if (stored !== undefined) return { password: stored, isTyped: false }
  const { terminal } = sources
  if (isInteractive()) return { password: await ask(terminal, { fr: 'mot de passe : ', en: 'password: ' }), isTyped: true }
  if (!sources.inputIsData) {
    const line = await lineOfInput(terminal)
    if (line !== '') return { password: line, isTyped: false }
  }
  const flag = sources.prefix === 'RESTIC_' ? '--password-file' : '--from-password-file'
  throw new WrongUse({
    fr: `il manque le mot de passe. Mettez-le dans un fichier lisible par vous seul et donnez ${flag} FICHIER (ou ${sources.prefix}PASSWORD_FILE, ou ${sources.prefix}PASSWORD_COMMAND)`,
    en: `no password. Put it into a file that you alone can read and give ${flag} FILE (or ${sources.prefix}PASSWORD_FILE, or ${sources.prefix}PASSWORD_COMMAND)`,
  })
}

/** A new password: typed twice, or from where the other one comes from. */
export async function findNewPassword(sources: PasswordSources): Promise<string> {
  const stored = await storedPassword(sources)
  if (stored !== undefined || !isInteractive()) return stored ?? (await findPassword(sources)).password
  return askTwice(sources.terminal)
}

export async function askTwice(terminal: Terminal): Promise<string> {
  if (!isInteractive())
    throw new WrongUse({
      fr: 'il manque le nouveau mot de passe : donnez --new-password-file FICHIER',
      en: 'no new password: give --new-password-file FILE',
    })
  for (;;) {
    const first = await ask(terminal, { fr: 'nouveau mot de passe : ', en: 'new password: ' })
    if (first === '') {
      terminal.warn({ fr: 'Un mot de passe vide ne protège rien.', en: 'An empty password protects nothing.' })
      continue
    }
    if (first === (await ask(terminal, { fr: 'encore une fois : ', en: 'once more: ' }))) return first
    terminal.warn({ fr: 'Les deux diffèrent : recommençons.', en: 'The two differ: once again.' })
  }
}

/** The password in a file: all of it but blanks at its ends. @throws {WrongUse} when it is empty */
export async function passwordIn(file: string): Promise<string> {
  const password = (await readTextFile(file)).trim()
  if (password !== '') return password
  throw new WrongUse({ fr: `${file} : ne contient pas de mot de passe`, en: `${file}: holds no password` })
}

async function storedPassword({ flags, env, prefix }: PasswordSources): Promise<string | undefined> {
  if (flags.insecureNoPassword) return ''
  const file = flags.passwordFile ?? (flags.passwordCommand === undefined ? env[`${prefix}PASSWORD_FILE`] : undefined)
  const command = flags.passwordCommand ?? (flags.passwordFile === undefined ? env[`${prefix}PASSWORD_COMMAND`] : undefined)
  if (file && command)
    throw new WrongUse({
      fr: 'le mot de passe vient d’un fichier ou d’une commande, pas des deux',
      en: 'the password comes from a file or from a command, not from both',
    })
  if (file) return passwordIn(file)
  if (command) return outputOf(command)
  return env[`${prefix}PASSWORD`] || undefined
}

function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

async function ask(terminal: Terminal, prompt: Text): Promise<string> {
  const { askPassword } = await import('../ask-password.ts')
  return askPassword(terminal.say(prompt))
}

/** The first line of standard input, as scripts give it: `echo … | couronne vault …`. */
async function lineOfInput(terminal: Terminal): Promise<string> {
  let text = ''
  for await (const bytes of process.stdin) {
    if (text === '')
      terminal.warn({ fr: 'mot de passe lu sur l’entrée standard', en: 'reading the password from standard input' })
    text += String(bytes)
    if (text.includes('\n')) break
  }
  return text.split(/\r?\n/, 1)[0] ?? ''
}

async function outputOf(command: string): Promise<string> {
  const [file, ...args] = splitCommand(command)
  let output = ''
  try {
    if (file !== undefined) output = (await promisify(execFile)(file, args, { encoding: 'utf8' })).stdout.trim()
  } catch {
    // What the command printed may hold the password: it stays out of the message.
    throw new WrongUse({
      fr: `la commande du mot de passe (${file}) n’a pas pu être lancée ou a échoué`,
      en: `the command that gives the password (${file}) could not be run, or failed`,
    })
  }
  if (output !== '') return output
  throw new WrongUse({
    fr: 'la commande du mot de passe n’affiche rien',
    en: 'the command that gives the password prints nothing',
  })
}

/** Words of a command line, as a shell cuts them: blanks between, quotes around, a backslash before a character. */
export function splitCommand(command: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (const [, double, single, escaped, blank, plain] of command.matchAll(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|(\s+)|([^\s"'\\]+)/gs,
  )) {
    if (blank !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + (single ?? escaped ?? plain ?? (double ?? '').replaceAll(/\\(.)/gs, '$1'))
  }
  if (word !== undefined) words.push(word)
  return words
}
