/**
 * `couronne demo`: the main job on real files, before the reader's eyes. A sample practice is backed up in one read pass to two mirrors
 * (a folder, and an append-only REST destination that is started here), both are checked, one is damaged and healed from the other, the
 * practice's folder is destroyed, restored from the second mirror, and compared byte for byte with what it was.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makePractice } from '@couronne/samples'
import { EXIT } from '../exit-codes.ts'
import { printDuration, printNumber, printSize, Terminal } from '../terminal.ts'
import { damage } from './damage.ts'
import { startDestination } from './destination.ts'
import { compareManifests, takeManifest } from './manifest.ts'
import { backUp, checkMirrors, createMirrors, healMirrors, restoreFrom } from './steps.ts'

const PRACTICE = 'cabinet'

/** @returns 0 when everything was proven, 1 when something was not as it should be */
export async function runDemo(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      folder: { type: 'string' },
      patients: { type: 'string' },
      keep: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  const terminal = new Terminal({ json: values.json ?? false })
  if (values.help) {
    terminal.line('couronne demo [--folder FOLDER] [--patients 40] [--keep] [--json]')
    return EXIT.done
  }
  const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'couronne-demo-')))
  try {
    return await demonstrate(folder, Number(values.patients ?? 40), terminal)
  } finally {
    if (values.keep) terminal.line({ fr: `Tout est resté dans ${folder}`, en: `Everything stays in ${folder}` })
    else await rm(folder, { recursive: true, force: true })
  }
}

async function demonstrate(folder: string, patients: number, terminal: Terminal): Promise<number> {
  const { language } = terminal
  const started = performance.now()
  const size = (bytes: number) => printSize(bytes, language)
  const number = (value: number) => printNumber(value, language)
  let stepNumber = 0
  const proofs: { step: string; ms: number; result: string }[] = []
  const step = async <T>(
    title: { fr: string; en: string },
    work: () => Promise<{ value: T; said: { fr: string; en: string } }>,
  ): Promise<T> => {
    const began = performance.now()
    terminal.progress(`${++stepNumber}. ${terminal.say(title)}…`)
    const { value, said } = await work()
    const ms = performance.now() - began
    proofs.push({ step: title.en, ms: Math.round(ms), result: said.en })
    terminal.line(`${stepNumber}. ${terminal.say(title)}  (${printDuration(ms, language)})\n   ${terminal.say(said)}`)
    return value
  }

  terminal.line({ fr: 'Couronne : la démonstration\n', en: 'Couronne: the demonstration\n' })
  const source = join(folder, PRACTICE)
  await step({ fr: 'Un cabinet d’exemple est fabriqué', en: 'A sample practice is made' }, async () => {
    const value = makePractice(source, { patients })
    const { files, bytes, oddities } = value
    return {
      value,
      said: {
        fr: `${number(value.patients)} patients inventés, ${number(files)} fichiers, ${size(bytes)} : base, courriers, photos, images DICOM, et ${oddities.length} bizarreries (noms accentués, liens, dossiers vides…)`,
        en: `${number(value.patients)} invented patients, ${number(files)} files, ${size(bytes)}: database, letters, photographs, DICOM images, and ${oddities.length} oddities (accented names, links, empty folders…)`,
      },
    }
  })
  const before = await takeManifest(source)

  await using destination = await startDestination(join(folder, 'chez-un-confrere'))
  const mirrors = { folder: join(folder, 'disque-externe'), rest: destination.writerAddress }
  const password = destination.repositoryPassword

  await step(
    { fr: 'Deux copies sont préparées, chiffrées avec le même coffre', en: 'Two mirrors of one encrypted vault are prepared' },
    async () => {
      await createMirrors([mirrors.folder, destination.ownerAddress], password)
      return {
        value: undefined,
        said: {
          fr: 'un dossier (le disque externe), et un serveur REST chez un confrère, où rien ne peut être effacé ni remplacé',
          en: 'a folder (the external disk), and a REST server at a colleague’s, where nothing can be deleted or replaced',
        },
      }
    },
  )

  const saved = await step(
    {
      fr: 'Sauvegarde : le cabinet est lu une seule fois, écrit sur les deux copies',
      en: 'Backup: the practice is read once and written to both mirrors',
    },
    async () => {
      const value = await backUp([mirrors.folder, mirrors.rest], password, { parent: folder, name: PRACTICE })
      const { counts } = value
      return {
        value,
        said: {
          fr: `${number(counts.total_files_processed)} fichiers, ${size(counts.total_bytes_processed)} lus, ${size(counts.data_added_packed)} stockés sur chaque copie ; instantané ${value.snapshot!.slice(0, 8)}`,
          en: `${number(counts.total_files_processed)} files, ${size(counts.total_bytes_processed)} read, ${size(counts.data_added_packed)} stored on each mirror; snapshot ${value.snapshot!.slice(0, 8)}`,
        },
      }
    },
  )

  const sound = await step(
    { fr: 'Contrôle : chaque octet des deux copies est relu', en: 'Check: every byte of both mirrors is read again' },
    async () => {
      const value = await checkMirrors([mirrors.folder, mirrors.rest], password)
      return {
        value,
        said: {
          fr: `${number(value.packsRead)} paquets, ${size(value.bytesRead)} déchiffrés et vérifiés : ${value.isSound ? 'aucune erreur' : `${number(value.errors)} erreurs`}`,
          en: `${number(value.packsRead)} packs, ${size(value.bytesRead)} decrypted and verified: ${value.isSound ? 'no error' : `${number(value.errors)} errors`}`,
        },
      }
    },
  )

  const harmed = await step(
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

  const found = await step({ fr: 'Contrôle : les dégâts sont nommés', en: 'Check: the damage is named' }, async () => {
    const value = await checkMirrors([mirrors.folder, mirrors.rest], password)
    const named = harmed.filter((object) => value.damaged.has(object)).length
    return {
      value: named,
      said: { fr: `${named} sur ${harmed.length} retrouvés, par leur nom`, en: `${named} of ${harmed.length} found, by name` },
    }
  })

  const healed = await step(
    { fr: 'Guérison : la copie abîmée est réparée depuis l’autre', en: 'Heal: the damaged mirror is mended from the other' },
    async () => {
      const mended = await healMirrors([mirrors.folder, mirrors.rest], password)
      const after = await checkMirrors([mirrors.folder, mirrors.rest], password)
      return {
        value: after.isSound,
        said: {
          fr: `${number(mended)} objets réparés ; nouveau contrôle complet : ${after.isSound ? 'aucune erreur' : `${number(after.errors)} erreurs`}`,
          en: `${number(mended)} objects mended; full check again: ${after.isSound ? 'no error' : `${number(after.errors)} errors`}`,
        },
      }
    },
  )

  await step(
    {
      fr: 'Catastrophe : le dossier du cabinet et le disque externe sont détruits',
      en: 'Disaster: the practice’s folder and the external disk are destroyed',
    },
    async () => {
      await rm(source, { recursive: true })
      await rm(mirrors.folder, { recursive: true })
      return {
        value: undefined,
        said: {
          fr: 'il ne reste que la copie chez le confrère, et le mot de passe',
          en: 'what is left is the mirror at the colleague’s, and the password',
        },
      }
    },
  )

  const restoredMs = performance.now()
  await step({ fr: 'Restauration depuis la seconde copie seule', en: 'Restore from the second mirror alone' }, async () => {
    const value = await restoreFrom(mirrors.rest, password, saved.snapshot!, folder)
    return {
      value,
      said: {
        fr: `${number(value.files)} fichiers, ${size(value.bytes)}, chacun vérifié à l’écriture`,
        en: `${number(value.files)} files, ${size(value.bytes)}, each verified as it was written`,
      },
    }
  })
  const restoreMs = performance.now() - restoredMs

  const differences = await step(
    { fr: 'Comparaison avec l’original, octet par octet', en: 'Comparison with the original, byte by byte' },
    async () => {
      const value = compareManifests(before, await takeManifest(source))
      return {
        value,
        said:
          value.length === 0
            ? {
                fr: `${number(before.size)} éléments identiques : contenus, noms, dates, droits, liens`,
                en: `${number(before.size)} items identical: contents, names, times, rights, links`,
              }
            : {
                fr: `${number(value.length)} différences : ${value.slice(0, 5).join(' ; ')}`,
                en: `${number(value.length)} differences: ${value.slice(0, 5).join('; ')}`,
              },
      }
    },
  )

  const isProven = sound.isSound && found === harmed.length && healed && differences.length === 0
  printReport({ terminal, isProven, restoreMs, totalMs: performance.now() - started })
  terminal.json({ proven: isProven, steps: proofs, differences })
  return isProven ? EXIT.done : EXIT.failed
}

function printReport({
  terminal,
  isProven,
  restoreMs,
  totalMs,
}: {
  terminal: Terminal
  isProven: boolean
  restoreMs: number
  totalMs: number
}): void {
  terminal.line()
  if (isProven) {
    terminal.line({
      fr: `PROUVÉ en ${printDuration(totalMs, 'fr')} : une lecture, deux copies ; les dégâts d’une copie sont vus et guéris ; tout est revenu de la seconde seule, à l’identique, en ${printDuration(restoreMs, 'fr')}.`,
      en: `PROVEN in ${printDuration(totalMs, 'en')}: one read pass, two mirrors; damage of one is seen and healed; everything came back from the second alone, identical, in ${printDuration(restoreMs, 'en')}.`,
    })
  } else {
    terminal.error({
      fr: 'NON PROUVÉ : voyez ci-dessus ce qui n’est pas conforme.',
      en: 'NOT PROVEN: see above what is not as it should be.',
    })
  }
  terminal.line({
    fr: `
Sur votre propre dossier :
  npx couronne vault init   -r /media/disque/coffre          (le mot de passe est demandé : notez-le hors de cette machine)
  npx couronne vault backup -r /media/disque/coffre /chemin/du/cabinet
  npx couronne vault check  -r /media/disque/coffre --read-data
  npx couronne vault restore latest -r /media/disque/coffre --target /chemin/vide`,
    en: `
On your own folder:
  npx couronne vault init   -r /media/disk/vault          (the password is asked for: keep it away from this machine)
  npx couronne vault backup -r /media/disk/vault /path/of/the/practice
  npx couronne vault check  -r /media/disk/vault --read-data
  npx couronne vault restore latest -r /media/disk/vault --target /empty/path`,
  })
}
