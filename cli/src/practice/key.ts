/** `couronne key`: the ways into a practice. Works beside a running server; each change is in the journal. */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { KeyOffer } from '@couronne/practice'
import { askPassword } from '../ask-password.ts'
import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { type HelpWords, printHelp } from '../help.ts'
import type { Text } from '../language.ts'
import { Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { KEY_FLAGS } from './key-offer.ts'
import { type BesideFlags, openBeside } from './open-beside.ts'

const NAME = 'couronne key'

/** As the list of key slots holds it. */
const LABEL_LENGTH_MAX = 100

const HELP: HelpWords = {
  summary: {
    fr: 'Les clés du cabinet : phrase de passe, kit de secours, fichier de clé, justificatif de systemd. Chacune l’ouvre à elle seule.',
    en: 'The practice’s keys: passphrase, recovery kit, key file, systemd credential. Each of them opens it alone.',
  },
  details: {
    fr: 'add key-file écrit une nouvelle clé dans le fichier nommé, sur une clé USB par exemple. add systemd-credential écrit une clé à donner à « systemd-creds encrypt --name=couronne.key FICHIER … » et à LoadCredentialEncrypted=, puis à effacer. Rien n’est jamais montré deux fois.',
    en: 'add key-file writes a new key into the file that is named, on a memory stick for example. add systemd-credential writes a key for “systemd-creds encrypt --name=couronne.key FILE …” and LoadCredentialEncrypted=, to be deleted after. Nothing is ever shown twice.',
  },
  example: {
    fr: 'couronne key add key-file /media/cle-usb/couronne.key',
    en: 'couronne key add key-file /media/stick/couronne.key',
  },
}

const KINDS: Readonly<Record<string, Text>> = {
  passphrase: { fr: 'phrase de passe', en: 'passphrase' },
  'recovery-kit': { fr: 'kit de secours', en: 'recovery kit' },
  'key-file': { fr: 'fichier de clé', en: 'key file' },
  'systemd-credential': { fr: 'justificatif de systemd', en: 'systemd credential' },
}

interface KeyCommandFlags extends BesideFlags {
  readonly label?: string
  readonly newPassphraseFile?: string
  readonly json?: boolean
}

/** @returns 0 done */
export async function runKey(args: readonly string[]): Promise<number> {
  const command = new VerbCommand(NAME)
    .argument('<action...>', {
      fr: 'list ; add passphrase ; add recovery-kit ; add key-file FICHIER ; add systemd-credential FICHIER ; remove ID',
      en: 'list; add passphrase; add recovery-kit; add key-file FILE; add systemd-credential FILE; remove ID',
    })
    .flag('--data <folder>', { fr: 'où sont les données', en: 'where the data is' }, { env: 'COURONNE_DATA' })
    .flag('--label <words>', { fr: 'un nom pour la reconnaître', en: 'a name to know it by' })
    .flag('--new-passphrase-file <file>', {
      fr: 'add passphrase : lue dans ce fichier',
      en: 'add passphrase: read from this file',
    })
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
  for (const { words, text, details } of KEY_FLAGS) command.flag(words, text, details)
  if (args.includes('--help') || args.includes('-h')) {
    printHelp(NAME, HELP, command, new Terminal())
    return EXIT.done
  }
  const { args: words, options } = command.parse<KeyCommandFlags>(args)
  const terminal = new Terminal({ json: options.json ?? false })
  const practices = await import('@couronne/practice')
  await using opened = await openBeside(options)
  const { practice } = opened
  const announce =
    (action: 'key-slot.added' | 'key-slot.removed') => (subject: string, details: Readonly<Record<string, string>>) =>
      practice.db
        .transaction()
        .execute(
          async (tx) =>
            void (await practices.recordEvent(tx, practice.id, undefined, practice.now(), { action, subject, details })),
        )
  const [verb, what, file] = words
  if (verb === 'list' && what === undefined) {
    for (const slot of await practices.waysIn(practice)) {
      terminal.json(slot)
      terminal.line(
        `${slot.id}  ${terminal.say(KINDS[slot.kind] ?? slot.kind)}  ${slot.label}  ${slot.createdAt.slice(0, 10)}  ${slot.path ?? ''}`,
      )
    }
    return EXIT.done
  }
  if (verb === 'remove' && what !== undefined && file === undefined) {
    await practices.removeWayIn(practice, what, announce('key-slot.removed'))
    return EXIT.done
  }
  if (verb !== 'add' || what === undefined) throw wrongUse()
  const label = options.label ?? what
  if (label.length > LABEL_LENGTH_MAX) throw longLabel()
  const recoveryWords = what === 'recovery-kit' ? practices.makeRecoveryWords() : undefined
  const offer = await offerFor(what, file, recoveryWords, options)
  const slot = await practices.addWayIn(practice, offer, label, announce('key-slot.added'))
  terminal.json({ ...slot, ...(recoveryWords === undefined ? {} : { recoveryWords }) })
  if (recoveryWords !== undefined) terminal.line(recoveryWords)
  return EXIT.done
}

async function offerFor(
  kind: string,
  file: string | undefined,
  recoveryWords: string | undefined,
  { newPassphraseFile }: KeyCommandFlags,
): Promise<KeyOffer & { readonly path?: string }> {
  if (recoveryWords !== undefined) return { kind: 'recovery-kit', words: recoveryWords }
  if (kind === 'passphrase') return { kind, passphrase: await newPassphrase(newPassphraseFile) }
  if ((kind !== 'key-file' && kind !== 'systemd-credential') || file === undefined) throw wrongUse()
  const bytes = randomBytes(32)
  await writeNewFile(file, bytes)
  return { kind, bytes, ...(kind === 'key-file' ? { path: resolve(file) } : {}) }
}

/** Never over something that is there: it may be another practice's key. */
async function writeNewFile(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes, { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new WrongUse({
      fr: `${file} existe déjà, et n’est pas remplacé : nommez un nouveau fichier`,
      en: `${file} is there already, and is not written over: name a new file`,
    })
  }
}

async function newPassphrase(file: string | undefined): Promise<string> {
  const given = file === undefined ? await askTwice() : (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
  if (given.length >= 16) return given
  throw new WrongUse({
    fr: 'la phrase de passe est trop courte : seize caractères au moins, quatre mots par exemple',
    en: 'the passphrase is too short: sixteen characters at least, four words for example',
  })
}

async function askTwice(): Promise<string> {
  if (!process.stdin.isTTY)
    throw new WrongUse({
      fr: 'personne à qui la demander : --new-passphrase-file',
      en: 'nobody to ask for it: --new-passphrase-file',
    })
  const first = await askPassword('nouvelle phrase de passe / new passphrase: ')
  if (first === (await askPassword('encore une fois / once more: '))) return first
  throw new WrongUse({ fr: 'les deux ne sont pas les mêmes', en: 'the two are not the same' })
}

function longLabel(): WrongUse {
  return new WrongUse({
    fr: `--label : ${LABEL_LENGTH_MAX} caractères au plus`,
    en: `--label: ${LABEL_LENGTH_MAX} characters at most`,
  })
}

function wrongUse(): WrongUse {
  return new WrongUse({
    fr: `attendu : list, add ou remove. Voyez « ${NAME} --help »`,
    en: `expected: list, add or remove. See “${NAME} --help”`,
  })
}
