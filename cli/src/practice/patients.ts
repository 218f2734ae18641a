/** `couronne patients duplicates`: compares what is due, and lists the pairs that wait for a person. Works beside a running server. */
import type { DuplicatePair } from '@couronne/practice'
import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { type HelpWords, printHelp } from '../help.ts'
import { Interruption } from '../interruption.ts'
import type { Text } from '../language.ts'
import { printNumber, Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { KEY_FLAGS } from './key-offer.ts'
import { type BesideFlags, openBeside } from './open-beside.ts'

const NAME = 'couronne patients'

const HELP: HelpWords = {
  summary: {
    fr: 'Les doublons possibles : compare les dossiers nouveaux ou changés à tous les autres, puis dit les paires qui attendent une décision.',
    en: 'Possible duplicates: compares records that are new or have changed with all others, then tells the pairs that wait for a decision.',
  },
  details: {
    fr: 'Rien n’est réuni ici : cela se décide dans l’application, par une personne. Aucun nom n’est imprimé : des numéros de dossier et des identifiants. Ce qui est montré est au journal, au nom de --as.',
    en: 'Nothing is joined here: a person decides that in the application. No name is printed: file numbers and ids. What is shown is in the journal, in the name of --as.',
  },
  example: { fr: 'couronne patients duplicates --json', en: 'couronne patients duplicates --json' },
}

const CERTAINTIES: Readonly<Record<DuplicatePair['certainty'], Text>> = {
  sure: { fr: 'presque certain', en: 'almost certain' },
  probable: { fr: 'probable', en: 'probable' },
  possible: { fr: 'possible', en: 'possible' },
}

interface PatientsFlags extends BesideFlags {
  readonly as?: string
  readonly json?: boolean
}

/** @returns 0, however many there are: that is no failure of the command */
export async function runPatients(args: readonly string[]): Promise<number> {
  const command = new VerbCommand(NAME)
    .argument('duplicates', { fr: 'les doublons possibles', en: 'possible duplicates' })
    .flag('--as <login>', {
      fr: 'au nom de ce compte ; sinon du seul titulaire',
      en: 'in the name of this account; otherwise of the only owner',
    })
    .flag('--data <folder>', { fr: 'où sont les données', en: 'where the data is' }, { env: 'COURONNE_DATA' })
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
  for (const { words, text, details } of KEY_FLAGS) command.flag(words, text, details)
  if (args.includes('--help') || args.includes('-h')) {
    printHelp(NAME, HELP, command, new Terminal())
    return EXIT.done
  }
  const { args: words, options } = command.parse<PatientsFlags>(args)
  if (words.length !== 1 || words[0] !== 'duplicates')
    throw new WrongUse({
      fr: `attendu : ${NAME} duplicates. Voyez « ${NAME} --help »`,
      en: `expected: ${NAME} duplicates. See “${NAME} --help”`,
    })
  return tellDuplicates(new Terminal({ json: options.json ?? false }), options)
}

async function tellDuplicates(terminal: Terminal, options: PatientsFlags): Promise<number> {
  await using interruption = new Interruption(terminal)
  const { compareDue, consoleActor, lookAtDuplicates } = await import('@couronne/practice')
  await using opened = await openBeside(options)
  const { practice } = opened
  const actor = await consoleActor(practice, options.as, ['patients.read'])
  await compareDue(practice, {
    signal: interruption.signal,
    onProgress: ({ compared }) => terminal.progress(printNumber(compared, terminal.language)),
  })
  let count = 0
  for await (const pairs of lookAtDuplicates(practice, actor))
    for (const { one, other, score, certainty, for: speaking, against } of pairs) {
      count++
      const files = [one, other].map(({ id, fileNumber }) => ({ patientId: id, fileNumber }))
      terminal.json({ message_type: 'duplicate', score, certainty, records: files, for: speaking, against })
      const codes = [...speaking, ...against.map((code) => `-${code}`)].join(' ')
      terminal.line(
        `${String(score).padStart(3)} ${terminal.say(CERTAINTIES[certainty]).padEnd(15)} ${one.fileNumber.padEnd(12)} ${other.fileNumber.padEnd(12)} ${codes}`,
      )
    }
  if (count === 0) terminal.line({ fr: 'Aucun doublon possible.', en: 'No possible duplicate.' })
  return EXIT.done
}
