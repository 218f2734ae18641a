/**
 * `couronne demo`: the main job on real files, before the reader's eyes. A sample practice is backed up in one read pass to two mirrors
 * (a folder, and an append-only REST destination that is started here), both are checked, one is damaged and healed from the other, the
 * practice's folder is destroyed, restored from the second mirror, and compared byte for byte with what it was.
 */
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePractice } from '@couronne/samples'
import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { type HelpWords, printHelp } from '../help.ts'
import { printNumber, printSize, Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { damage } from './damage.ts'
import { type Destination, startDestination } from './destination.ts'
import { compareManifests, takeManifest } from './manifest.ts'
import { backUp, checkMirrors, createMirrors, healMirrors, restoreFrom } from './steps.ts'
import { printReport, Story } from './story.ts'

const NAME = 'couronne demo'
const PRACTICE = 'cabinet'
const PATIENTS_MAX = 100_000

const HELP: HelpWords = {
  summary: {
    fr: 'Un cabinet d’exemple : sauvegardé deux fois, abîmé, soigné, détruit, restauré, prouvé.',
    en: 'A sample practice: backed up twice, damaged, healed, destroyed, restored, proven.',
  },
  details: {
    fr: 'Tout se passe dans un dossier temporaire, retiré à la fin ; les patients sont inventés. Code de sortie 0 si tout est prouvé.',
    en: 'Everything happens in a temporary folder, removed at the end; the patients are invented. Exit code 0 when all is proven.',
  },
  example: { fr: 'couronne demo --patients 200 --keep', en: 'couronne demo --patients 200 --keep' },
}

interface DemoFlags {
  readonly folder?: string
  readonly patients: string
  readonly keep?: boolean
  readonly json?: boolean
}

/** @returns 0 when everything was proven, 1 when something was not as it should be */
export async function runDemo(args: readonly string[]): Promise<number> {
  const command = new VerbCommand(NAME)
    .flag('--patients <n>', { fr: 'combien de patients', en: 'how many patients' }, { default: '40' })
    .flag('--folder <folder>', {
      fr: 'où travailler ; le dossier temporaire d’office',
      en: 'where to work; the temporary folder by default',
    })
    .flag('--keep', { fr: 'ne rien retirer à la fin', en: 'remove nothing at the end' })
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
  if (args.includes('--help') || args.includes('-h')) {
    printHelp(NAME, HELP, command, new Terminal())
    return EXIT.done
  }
  const { options } = command.parse<DemoFlags>(args)
  const patients = patientsOf(options.patients)
  const terminal = new Terminal({ json: options.json ?? false })
  // A folder of our own, whatever the one that was named holds.
  const parent = options.folder ?? tmpdir()
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'couronne-demo-'))
  const stop = () => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(EXIT.interrupted)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    return await demonstrate(folder, patients, terminal)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    if (options.keep) terminal.line({ fr: `\nTout est resté dans ${folder}`, en: `\nEverything stays in ${folder}` })
    else await rm(folder, { recursive: true, force: true })
  }
}

function patientsOf(text: string): number {
  const patients = Number(text)
  if (Number.isInteger(patients) && patients >= 1 && patients <= PATIENTS_MAX) return patients
  throw new WrongUse({
    fr: `--patients ${text} : un nombre de 1 à ${PATIENTS_MAX}`,
    en: `--patients ${text}: expected a number from 1 to ${PATIENTS_MAX}`,
  })
}

async function demonstrate(folder: string, patients: number, terminal: Terminal): Promise<number> {
  const story = new Story(terminal)
  terminal.line({ fr: 'Couronne : la démonstration\n', en: 'Couronne: the demonstration\n' })
  const source = join(folder, PRACTICE)
  await makeSample(story, source, patients)
  const before = await takeManifest(source)
  await using destination = await startDestination(join(folder, 'chez-un-confrere'))
  const mirrors: Mirrors = { folder: join(folder, 'disque-externe'), destination }
  await prepare(story, mirrors)
  const snapshot = await protect(story, mirrors, folder)
  const wasSound = await checkBoth(story, mirrors)
  const isHealed = await damageAndHeal(story, mirrors)
  await destroy(story, source, mirrors.folder)
  const restoreMs = await bringBack(story, mirrors, snapshot, folder)
  const differences = await compare(story, before, source)
  const isProven = wasSound && isHealed && differences.length === 0
  printReport({ terminal, isProven, restoreMs, totalMs: story.elapsedMs })
  terminal.json({ proven: isProven, steps: story.proofs, differences })
  return isProven ? EXIT.done : EXIT.failed
}

interface Mirrors {
  readonly folder: string
  readonly destination: Destination
}

function placesOf({ folder, destination }: Mirrors): readonly string[] {
  return [folder, destination.writerAddress]
}

async function makeSample(story: Story, source: string, patients: number): Promise<void> {
  await story.step({ fr: 'Un cabinet d’exemple est fabriqué', en: 'A sample practice is made' }, async () => {
    const { files, bytes, oddities, patients: made } = makePractice(source, { patients })
    return {
      value: undefined,
      said: {
        fr: `${printNumber(made, 'fr')} patients inventés, ${printNumber(files, 'fr')} fichiers, ${printSize(bytes, 'fr')} : base de données, courriers, photos, images DICOM, et ${oddities.length} bizarreries (noms accentués, liens, dossiers vides…)`,
        en: `${printNumber(made, 'en')} invented patients, ${printNumber(files, 'en')} files, ${printSize(bytes, 'en')}: database, letters, photographs, DICOM images, and ${oddities.length} oddities (accented names, links, empty folders…)`,
      },
    }
  })
}

async function prepare(story: Story, { folder, destination }: Mirrors): Promise<void> {
  await story.step(
    { fr: 'Deux copies sont préparées, pour un seul coffre chiffré', en: 'Two mirrors of one encrypted vault are prepared' },
    async () => {
      await createMirrors([folder, destination.ownerAddress], destination.repositoryPassword)
      return {
        value: undefined,
        said: {
          fr: 'un dossier (le disque externe), et un serveur chez un confrère, où rien ne peut être effacé ni remplacé',
          en: 'a folder (the external disk), and a server at a colleague’s, where nothing can be deleted or replaced',
        },
      }
    },
  )
}

async function protect(story: Story, mirrors: Mirrors, parent: string): Promise<string> {
  return story.step(
    {
      fr: 'Sauvegarde : le cabinet est lu une fois, écrit sur les deux copies',
      en: 'Backup: the practice is read once and written to both mirrors',
    },
    async () => {
      const { counts, snapshot } = await backUp(placesOf(mirrors), mirrors.destination.repositoryPassword, {
        parent,
        name: PRACTICE,
      })
      const { total_files_processed: files, total_bytes_processed: bytes, data_added_packed: stored } = counts
      return {
        value: snapshot!,
        said: {
          fr: `${printNumber(files, 'fr')} fichiers, ${printSize(bytes, 'fr')} lus, ${printSize(stored, 'fr')} stockés sur chaque copie ; instantané ${snapshot!.slice(0, 8)}`,
          en: `${printNumber(files, 'en')} files, ${printSize(bytes, 'en')} read, ${printSize(stored, 'en')} stored on each mirror; snapshot ${snapshot!.slice(0, 8)}`,
        },
      }
    },
  )
}

async function checkBoth(story: Story, mirrors: Mirrors): Promise<boolean> {
  return story.step(
    { fr: 'Contrôle : chaque octet des deux copies est relu', en: 'Check: every byte of both mirrors is read again' },
    async () => {
      const { packsRead, bytesRead, isSound, errors } = await checkMirrors(
        placesOf(mirrors),
        mirrors.destination.repositoryPassword,
      )
      return {
        value: isSound,
        said: {
          fr: `${printNumber(packsRead, 'fr')} paquets, ${printSize(bytesRead, 'fr')} déchiffrés et vérifiés : ${isSound ? 'aucune erreur' : `${errors} erreurs`}`,
          en: `${printNumber(packsRead, 'en')} packs, ${printSize(bytesRead, 'en')} decrypted and verified: ${isSound ? 'no error' : `${errors} errors`}`,
        },
      }
    },
  )
}

/** @returns whether all damage was named, and all of it mended */
async function damageAndHeal(story: Story, mirrors: Mirrors): Promise<boolean> {
  const password = mirrors.destination.repositoryPassword
  const harmed = await story.step(
    { fr: 'Le disque externe vieillit mal : on l’abîme', en: 'The external disk ages badly: it is damaged' },
    async () => {
      const value = await damage(mirrors.folder)
      return {
        value,
        said: {
          fr: `${value.length} objets : un bit inversé, un fichier tronqué, un fichier perdu`,
          en: `${value.length} objects: one bit flipped, one file cut short, one file lost`,
        },
      }
    },
  )
  const found = await story.step({ fr: 'Contrôle : les dégâts sont nommés', en: 'Check: the damage is named' }, async () => {
    const { damaged } = await checkMirrors(placesOf(mirrors), password)
    const named = harmed.filter((object) => damaged.has(object)).length
    return {
      value: named,
      said: { fr: `${named} sur ${harmed.length} retrouvés, par leur nom`, en: `${named} of ${harmed.length} found, by name` },
    }
  })
  const isSound = await story.step(
    { fr: 'Soins : la copie abîmée est remise en état depuis l’autre', en: 'Heal: the damaged mirror is mended from the other' },
    async () => {
      const mended = await healMirrors(placesOf(mirrors), password)
      const { isSound: value, errors } = await checkMirrors(placesOf(mirrors), password)
      return {
        value,
        said: {
          fr: `${printNumber(mended, 'fr')} objets soignés ; nouveau contrôle complet : ${value ? 'aucune erreur' : `${errors} erreurs`}`,
          en: `${printNumber(mended, 'en')} objects mended; full check again: ${value ? 'no error' : `${errors} errors`}`,
        },
      }
    },
  )
  return found === harmed.length && isSound
}

async function destroy(story: Story, source: string, mirror: string): Promise<void> {
  await story.step(
    {
      fr: 'Catastrophe : le dossier du cabinet et le disque externe sont détruits',
      en: 'Disaster: the practice’s folder and the external disk are destroyed',
    },
    async () => {
      await rm(source, { recursive: true })
      await rm(mirror, { recursive: true })
      return {
        value: undefined,
        said: {
          fr: 'il ne reste que la copie chez le confrère, et le mot de passe',
          en: 'what is left is the mirror at the colleague’s, and the password',
        },
      }
    },
  )
}

/** @returns how long it took */
async function bringBack(story: Story, { destination }: Mirrors, snapshot: string, target: string): Promise<number> {
  const started = performance.now()
  await story.step({ fr: 'Restauration depuis cette seule copie', en: 'Restore from that mirror alone' }, async () => {
    const { files, bytes } = await restoreFrom(destination.writerAddress, destination.repositoryPassword, snapshot, target)
    return {
      value: undefined,
      said: {
        fr: `${printNumber(files, 'fr')} fichiers, ${printSize(bytes, 'fr')}, chacun vérifié à l’écriture`,
        en: `${printNumber(files, 'en')} files, ${printSize(bytes, 'en')}, each verified as it was written`,
      },
    }
  })
  return performance.now() - started
}

async function compare(
  story: Story,
  before: Awaited<ReturnType<typeof takeManifest>>,
  source: string,
): Promise<readonly string[]> {
  return story.step(
    { fr: 'Comparaison avec l’original, octet par octet', en: 'Comparison with the original, byte by byte' },
    async () => {
      const value = compareManifests(before, await takeManifest(source))
      const some = value.slice(0, 5).join(' ; ')
      return {
        value,
        said:
          value.length === 0
            ? {
                fr: `${printNumber(before.size, 'fr')} éléments identiques : contenus, noms, dates, droits, liens`,
                en: `${printNumber(before.size, 'en')} items identical: contents, names, times, rights, links`,
              }
            : { fr: `${value.length} différences : ${some}`, en: `${value.length} differences: ${some}` },
      }
    },
  )
}
