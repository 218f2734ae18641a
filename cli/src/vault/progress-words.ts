/** What a long verb is doing, in words for the progress line. */
import type { Text } from '../language.ts'
import { printNumber, type Terminal } from '../terminal.ts'

const STEPS: Readonly<Record<string, Text>> = {
  snapshots: { fr: 'instantanés', en: 'snapshots' },
  trees: { fr: 'dossiers', en: 'folders' },
  repack: { fr: 'paquets réécrits', en: 'packs repacked' },
  index: { fr: 'index', en: 'index' },
  delete: { fr: 'suppressions', en: 'deletions' },
  removals: { fr: 'suppressions', en: 'removals' },
  data: { fr: 'paquets', en: 'packs' },
  check: { fr: 'contrôle', en: 'check' },
  mend: { fr: 'soins', en: 'mending' },
  salvage: { fr: 'sauvetage', en: 'salvage' },
  'catch up': { fr: 'rattrapage', en: 'catching up' },
  'check again': { fr: 'nouveau contrôle', en: 'check again' },
  hold: { fr: 'objets verrouillés', en: 'objects held' },
}

/** One line: the step, how far, and of what. */
export function sayStep(terminal: Terminal, step: string, done: number, total?: number, about?: string): void {
  const number = (value: number) => printNumber(value, terminal.language)
  const far = total === undefined ? number(done) : `${number(done)}/${number(total)}`
  terminal.progress(`${about === undefined ? '' : `${about}  `}${terminal.say(STEPS[step] ?? step)} ${far}`)
}
