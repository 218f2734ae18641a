/** A practice on a desk, made in this process, and its server, run as a command. */
import { startApp } from '@couronne/practice'
import { type Desk, jsonLines, type Running, until } from './desk.ts'

export const OWNER = {
  login: 'camille',
  displayName: 'Dr Camille Exemple',
  password: 'gencive-arc-en-ciel-27',
  language: 'fr',
} as const

export interface DeskPractice {
  /** what every command about it is given */
  readonly env: Readonly<Record<string, string>>
  readonly recoveryWords: string
}

/** With a recovery kit and a key file; no server runs when this returns. */
export async function makePracticeOn(desk: Desk): Promise<DeskPractice> {
  const [folder, keyFolder] = [desk.path('data'), desk.path('keys')]
  await using app = await startApp({ folder, keyFolder, host: '127.0.0.1', port: 0, version: '0', env: {} })
  const { recoveryWords } = await app.installation.createPractice({ name: 'Cabinet d’essai', facts: {}, owner: OWNER })
  return { env: { COURONNE_DATA: folder, COURONNE_KEYS: keyFolder }, recoveryWords }
}

export interface ServeOptions {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** `couronne serve` on a free port, when it has said its address. */
export async function serving(
  desk: Desk,
  { flags = [], env = {} }: ServeOptions = {},
): Promise<Running & { readonly url: string }> {
  const args = ['serve', '--data', desk.path('data'), '--listen', '127.0.0.1:0', '--json', ...flags]
  const running = desk.start(args, env)
  await until(() => running.printed.includes('\n') || running.child.exitCode !== null)
  const { url } = jsonLines(running.printed)[0] as { url: string }
  return Object.assign(running, { url })
}
