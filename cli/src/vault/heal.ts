import { type HealEvent, type HealSummary, heal, type ReadData } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount, printDuration, type Terminal } from '../terminal.ts'
import { printFinding } from './check.ts'
import { lockRetry } from './locking.ts'
import { printCaughtUp, withMirrors } from './mirrors.ts'
import { sayStep } from './progress-words.ts'
import { parseReadData } from './read-data.ts'
import type { Verb } from './verb.ts'

interface HealFlags {
  readonly readDataSubset?: string
  readonly structureOnly?: boolean
}

export const verb: Verb<HealFlags> = {
  summary: { fr: 'soigne une copie abîmée, depuis une autre', en: 'mend a damaged mirror from another' },
  details: {
    fr: 'Contrôle toutes les copies, remet ce qui est abîmé ou absent depuis une copie qui l’a, puis contrôle à nouveau. Nommez chaque copie par un -r, ou laissez faire si cette machine les connaît (mirror list). Sans autre copie, ce qui se lit encore est sauvé.',
    en: 'Checks all mirrors, puts back what is damaged or missing from one that has it, then checks again. Name each mirror by a -r, or none if this machine knows them (mirror list). Without another mirror, what can still be read is saved.',
  },
  example: {
    fr: 'couronne vault heal -r /media/disque/coffre -r rest:https://confrere.example/cabinet/',
    en: 'couronne vault heal -r /media/disk/vault -r rest:https://colleague.example/practice/',
  },
  define(command) {
    command
      .flag('--read-data-subset <part>', {
        fr: 'ne relire qu’une partie : 1/10, 5% ou 2G ; tout est relu sinon',
        en: 'read a part only: 1/10, 5% or 2G; all is read otherwise',
      })
      .flag('--structure-only', {
        fr: 'ne relire aucun paquet : trouve ce qui manque ou n’a pas la bonne taille',
        en: 'read no packs: finds what is missing or of a wrong size',
      })
  },
  async run(context) {
    const { options, terminal, signal } = context
    const readData = readDataOf(options)
    const { repository, registry, attached } = await withMirrors(await context.open({ cached: false }), context)
    const settings = { ...(readData !== undefined && { readData }), owed: attached.owed, registry, ...lockRetry(options), signal }
    let summary: HealSummary | undefined
    for await (const event of heal(repository, settings)) {
      if (event.kind === 'summary') summary = event.summary
      print(event, terminal)
    }
    return summary!.isSound ? EXIT.done : EXIT.failed
  },
}

function readDataOf({ structureOnly, readDataSubset }: HealFlags): ReadData | undefined {
  if (structureOnly) return undefined
  return readDataSubset === undefined ? 'all' : parseReadData(readDataSubset)
}

const KEPT = 'le responsable de cette destination doit effacer l’objet abîmé, puis relancez heal'
const NOT_TAKEN = 'relancez heal quand la destination acceptera'

function print(event: HealEvent, terminal: Terminal): void {
  switch (event.kind) {
    case 'progress':
      sayStep(terminal, event.step, event.done, event.total)
      break
    case 'finding':
      break
    case 'mended': {
      const { kind, object, mirror, from } = event.mended
      terminal.json({ message_type: 'mended', kind, object, mirror, from })
      terminal.info({
        fr: `soigné : ${kind}/${object.slice(0, 8)} sur ${mirror}, depuis ${from}`,
        en: `mended: ${kind}/${object.slice(0, 8)} on ${mirror}, from ${from}`,
      })
      break
    }
    case 'refused': {
      const { kind, object, mirror, message, advice, isKept } = event.refused
      const name = `${kind}/${object.slice(0, 8)} (${mirror})`
      terminal.problem(
        { fr: `pas soigné : ${name} ; ${isKept ? KEPT : NOT_TAKEN} [${message}]`, en: `${name}: ${message}; ${advice}` },
        { kind, object, mirror, message, advice },
      )
      break
    }
    case 'salvaged': {
      const { pack, saved, elsewhere, lost } = event.salvaged
      terminal.json({ message_type: 'salvaged', pack, saved, elsewhere, lost })
      terminal.info({
        fr: `paquet ${pack} : ${printCount(saved + elsewhere, 'fr', 'morceau sauvé', 'morceaux sauvés')}, ${printCount(lost.length, 'fr', 'perdu')}`,
        en: `pack ${pack}: ${printCount(saved + elsewhere, 'en', 'blob')} saved, ${lost.length} lost`,
      })
      break
    }
    case 'caught-up':
      printCaughtUp(event.caughtUp.mirror, event.caughtUp.summary, terminal)
      break
    case 'summary':
      printSummary(event.summary, terminal)
  }
}

function printSummary({ mended, refused, salvaged, left, isSound, elapsedMs }: HealSummary, terminal: Terminal): void {
  for (const finding of left) printFinding(finding, terminal)
  terminal.json({
    message_type: 'summary',
    mended: mended.length,
    refused: refused.length,
    salvaged: salvaged.length,
    left: left.length,
    sound: isSound,
  })
  const text = {
    fr: `${printCount(mended.length, 'fr', 'objet soigné', 'objets soignés')} en ${printDuration(elapsedMs, 'fr')} ; nouveau contrôle : ${isSound ? 'aucune erreur' : 'il reste des erreurs, ci-dessus'}`,
    en: `${printCount(mended.length, 'en', 'object')} mended in ${printDuration(elapsedMs, 'en')}; checked again: ${isSound ? 'no error' : 'errors are left, see above'}`,
  }
  if (isSound || terminal.isJson) terminal.info(text)
  else terminal.error(text)
}
