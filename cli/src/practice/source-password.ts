/** The password of a database that is imported from: from the environment, a file or whoever sits there; never from the command line. */
import { readFile } from 'node:fs/promises'
import { askPassword } from '../ask-password.ts'

/** @returns undefined where nothing is given and nobody can be asked: some servers ask for none */
export async function sourcePassword(file: string | undefined): Promise<string | undefined> {
  if (file !== undefined) return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
  const given = process.env.COURONNE_SOURCE_PASSWORD
  if (given !== undefined) return given
  return process.stdin.isTTY
    ? askPassword('mot de passe de la base à reprendre / password of the database to import: ')
    : undefined
}
