/** What check and heal find, in words: what it is and what to do. The technical message, in English, follows. */
import type { CheckCode, CheckFinding, CheckProgress } from '@couronne/vault'
import type { Text } from '../language.ts'

export const PHASES = {
  listing: { fr: 'inventaire', en: 'listing' },
  snapshots: { fr: 'instantanés', en: 'snapshots' },
  indexes: { fr: 'index', en: 'indexes' },
  packs: { fr: 'paquets', en: 'packs' },
  trees: { fr: 'dossiers', en: 'folders' },
  data: { fr: 'contenus relus', en: 'data read' },
} as const satisfies Record<CheckProgress['phase'], Text>

const HEAL = 'heal : il est repris d’une autre copie'
const HEAL_OR_REPAIR = 'heal, ou repair index ; si cela ne le ramène pas, repair snapshots'

/** In English the vault itself says it. */
const FRENCH = {
  'mirror-unreachable': ['copie injoignable', 'la rendre joignable et contrôler à nouveau'],
  'mirror-behind': ['copie en retard', 'la laisser rattraper : mirror sync, ou la prochaine sauvegarde'],
  'config-damaged': ['configuration abîmée', HEAL],
  'config-version': ['version du format plus ancienne qu’ailleurs', 'migrate : interrompu entre deux copies, il va à son terme'],
  'key-damaged': [
    'fichier de clé abîmé',
    'heal si une autre copie a le même ; sinon ajouter la clé à nouveau et retirer ce fichier',
  ],
  'key-junk': ['fichier étranger parmi les clés', 'le retirer : restic pourrait refuser d’ouvrir le dépôt'],
  'keys-none': ['aucune clé sur cette copie', 'heal : la clé qui vient d’ouvrir le dépôt y est remise'],
  'keys-many': ['beaucoup de clés', 'retirer celles que personne n’utilise : restic renonce après 20'],
  'lock-unreadable': ['verrou illisible', 'unlock --remove-all, quand plus personne ne travaille sur le dépôt'],
  'lock-stale': ['verrou périmé', 'unlock'],
  'object-missing': ['objet absent', 'heal : il est repris d’une autre copie'],
  'object-damaged': ['objet abîmé', 'heal : il est repris d’une autre copie, ou ce qui s’y lit encore est sauvé'],
  'index-junk': ['index illisible partout', 'repair index'],
  'snapshot-junk': ['instantané illisible partout', 'repair snapshots avec cet identifiant et --forget'],
  'pack-missing': ['paquet absent partout', 'repair index, puis repair snapshots'],
  'pack-size': ['paquet d’une autre taille', 'heal : il est repris d’une autre copie, ou ce qui s’y lit encore est sauvé'],
  'pack-unindexed': ['paquet que rien n’utilise', 'rien : prune le retire'],
  'pack-mixed': ['paquet qui mêle dossiers et fichiers', 'rien : prune les sépare'],
  'pack-twice': ['paquet décrit deux fois', 'repair index'],
  'pack-contradictory': ['paquet décrit de deux façons', 'repair index --read-all-packs'],
  'pack-index-differs': ['paquet qui n’est pas ce que dit l’index', 'repair index --read-all-packs'],
  'pack-contents': ['paquet abîmé avant d’être stocké', 'repair packs avec cet identifiant, puis repair snapshots'],
  'pack-unsteady': ['destination qui ne rend pas deux fois les mêmes octets', 'contrôler à nouveau, et examiner le disque'],
  'tree-damaged': ['dossier abîmé', 'heal ; si aucune copie ne l’a, repair snapshots'],
  'tree-too-large': [
    'dossier dont la liste est plus longue que ce que nous lisons',
    'partager ce dossier à la source ; restaurer cet instantané avec restic, qui le lit',
  ],
  'tree-missing': ['dossier absent', HEAL_OR_REPAIR],
  'tree-node': ['dossier mal formé', 'repair snapshots'],
  'blob-missing': ['morceau de fichier absent', HEAL_OR_REPAIR],
  'blob-marked': ['morceau qui n’est plus que dans des paquets à effacer', 'prune : il reprend ce qui sert encore'],
} as const satisfies Record<CheckCode, readonly [what: string, advice: string]>

export function findingWords({ code, kind, object, message, advice, mirror }: CheckFinding): Text {
  const name = object === '' ? kind : `${kind}/${object}`
  const where = mirror === undefined ? '' : ` (${mirror})`
  const [what, todo] = FRENCH[code]
  return {
    fr: `${what} : ${name}${where}\n  ${message}\n  à faire : ${todo}`,
    en: `${name}${where}: ${message}\n  to do: ${advice}`,
  }
}
