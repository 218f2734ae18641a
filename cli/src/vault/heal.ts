import { type HealEvent, type HealSummary, heal, type ReadData } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printDuration, type Terminal } from '../terminal.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import { parseReadData } from './read-data.ts'
import type { Verb } from './verb.ts'

interface HealFlags {
  readonly readDataSubset?: string
  readonly structureOnly?: boolean
}

export const verb: Verb<HealFlags> = {
  summary: { fr: 'répare un miroir à partir d’un autre', en: 'mend a mirror from another' },
  example: 'couronne vault heal -r /mnt/copie -r rest:https://hote/cabinet/',
  define(command) {
    command
      .option('--read-data-subset <part>', 'read a part only: 1/10, 5% or 2G; all is read otherwise')
      .option('--structure-only', 'read no packs: finds what is missing or of a wrong size')
  },
  async run({ options, terminal, signal, open }) {
    const { repository, registry, attached } = await withMirrors(await open(), options, signal)
    const readData: ReadData | undefined = options.structureOnly
      ? undefined
      : options.readDataSubset === undefined
        ? 'all'
        : parseReadData(options.readDataSubset)
    let summary: HealSummary | undefined
    const settings = { ...(readData !== undefined && { readData }), owed: attached.owed, registry, ...lockRetry(options), signal }
    for await (const event of heal(repository, settings)) {
      if (event.kind === 'summary') summary = event.summary
      print(event, terminal)
    }
    return summary!.isSound ? EXIT.done : EXIT.failed
  },
}

function print(event: HealEvent, terminal: Terminal): void {
  if (event.kind === 'progress') terminal.progress(`${event.step} ${event.done}/${event.total}`)
  else if (event.kind === 'mended') {
    const { kind, object, mirror, from } = event.mended
    terminal.json({ message_type: 'mended', kind, object, mirror, from })
    terminal.info({
      fr: `réparé : ${kind}/${object.slice(0, 8)} sur ${mirror}, depuis ${from}`,
      en: `mended: ${kind}/${object.slice(0, 8)} on ${mirror}, from ${from}`,
    })
  } else if (event.kind === 'refused') {
    const { kind, object, mirror, message, advice } = event.refused
    terminal.json({ message_type: 'refused', kind, object, mirror, message, advice })
    terminal.warn(`${kind}/${object.slice(0, 8)} [${mirror}]: ${message}; ${advice}`)
  } else if (event.kind === 'salvaged') {
    const { pack, saved, elsewhere, lost } = event.salvaged
    terminal.json({ message_type: 'salvaged', pack, saved, elsewhere, lost })
    terminal.warn({
      fr: `paquet ${pack.slice(0, 8)} : ${saved + elsewhere} morceaux sauvés, ${lost.length} perdus`,
      en: `pack ${pack.slice(0, 8)}: ${saved + elsewhere} blobs saved, ${lost.length} lost`,
    })
  } else if (event.kind === 'summary') printSummary(event.summary, terminal)
}

function printSummary({ mended, refused, salvaged, left, isSound, elapsedMs }: HealSummary, terminal: Terminal): void {
  terminal.json({
    message_type: 'summary',
    mended: mended.length,
    refused: refused.length,
    salvaged: salvaged.length,
    left: left.length,
    sound: isSound,
  })
  for (const { kind, object, message, advice, mirror } of left)
    terminal.warn(`${kind}/${object.slice(0, 8)}${mirror === undefined ? '' : ` [${mirror}]`}: ${message}; ${advice}`)
  const text = {
    fr: `${mended.length} objet(s) réparé(s) en ${printDuration(elapsedMs, 'fr')} ; nouveau contrôle : ${isSound ? 'aucune erreur' : 'il reste des erreurs'}`,
    en: `${mended.length} object(s) mended in ${printDuration(elapsedMs, 'en')}; checked again: ${isSound ? 'no error' : 'errors are left'}`,
  }
  if (isSound) terminal.info(text)
  else terminal.error(text)
}
