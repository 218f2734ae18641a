/** The key that a command of the application is given when this machine cannot open the practice by itself. */
import { readFile } from 'node:fs/promises'
import type { KeyOffer } from '@couronne/practice'
import { askPassword } from '../ask-password.ts'
import type { FlagDetails } from '../flags.ts'
import type { Text } from '../language.ts'

export interface KeyFlags {
  readonly passphraseFile?: string
  readonly keyFile?: string
}

export const KEY_FLAGS: readonly { readonly words: string; readonly text: Text; readonly details?: FlagDetails }[] = [
  {
    words: '--passphrase-file <file>',
    text: { fr: 'la phrase de passe du cabinet, lue dans ce fichier', en: 'the practice’s passphrase, read from this file' },
    details: { env: 'COURONNE_PASSPHRASE_FILE' },
  },
  {
    words: '--key-file <file>',
    text: { fr: 'le fichier de clé du cabinet', en: 'the practice’s key file' },
    details: { env: 'COURONNE_KEY_FILE' },
  },
]

const KIT_WORDS = 24

/** @returns undefined where nothing is given and nobody can be asked */
export async function keyOffer({ passphraseFile, keyFile }: KeyFlags): Promise<KeyOffer | undefined> {
  if (keyFile !== undefined) return { kind: 'key-file', bytes: await readFile(keyFile) }
  if (passphraseFile !== undefined) {
    const text = await readFile(passphraseFile, 'utf8')
    return { kind: 'passphrase', passphrase: text.replace(/\r?\n$/, '') }
  }
  if (!process.stdin.isTTY) return undefined
  const typed = await askPassword('phrase de passe, ou les 24 mots du kit / passphrase, or the 24 words of the kit: ')
  return typed.trim().split(/\s+/).length === KIT_WORDS
    ? { kind: 'recovery-kit', words: typed.trim() }
    : { kind: 'passphrase', passphrase: typed }
}
