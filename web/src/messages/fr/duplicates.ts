import type { Certainty, DuplicateState, ReasonAgainst, ReasonFor } from '@couronne/practice/contract'
import { plural } from '../plural.ts'

const certainty: Record<Certainty, string> = {
  sure: 'Presque certainement la même personne',
  probable: 'Probablement la même personne',
  possible: 'Peut-être la même personne',
}

const speaksFor: Record<ReasonFor, string> = {
  'ins-qualified': 'même INS, qualifié des deux côtés',
  ins: 'même INS',
  'birth-date': 'même date de naissance',
  'birth-date-1-january': 'même date de naissance (un 1er janvier, souvent mis quand le jour est inconnu)',
  'birth-date-swapped': 'jour et mois de naissance inversés',
  'birth-date-near': 'dates de naissance presque égales',
  'birth-date-partly': 'dates de naissance compatibles, l’une étant incomplète',
  'birth-name': 'même nom de naissance',
  'birth-name-used': 'le nom de naissance de l’un est le nom utilisé de l’autre',
  'birth-name-alike': 'noms de naissance qui se ressemblent',
  'birth-name-part': 'un nom de naissance contient l’autre',
  'used-name': 'même nom utilisé',
  'names-swapped': 'nom et prénom inversés',
  'given-name': 'même prénom',
  'given-name-used': 'le prénom de l’un est le prénom utilisé de l’autre',
  'given-name-alike': 'prénoms qui se ressemblent',
  'given-name-other': 'le prénom de l’un est parmi les autres prénoms de l’autre',
  'given-name-initial': 'une initiale qui correspond au prénom',
  sex: 'même sexe',
  telephone: 'un téléphone en commun',
  email: 'une adresse électronique en commun',
  address: 'même adresse',
  'birth-place': 'même lieu de naissance',
}

const speaksAgainst: Record<ReasonAgainst, string> = {
  'ins-qualified-differ': 'deux INS qualifiés différents : deux personnes',
  'ins-differ': 'INS différents',
  'birth-date-differs': 'dates de naissance différentes',
  'birth-name-differs': 'noms de naissance différents',
  'given-name-differs': 'prénoms différents',
  twins: 'nés le même jour sous le même nom : peut-être des jumeaux',
  'sex-differs': 'sexes différents',
  'birth-place-differs': 'lieux de naissance différents',
  homonym: 'un homonyme est signalé',
  fictitious: 'l’un des deux est fictif, inventé pour un essai',
}

const states: Record<DuplicateState, string> = { open: 'À décider', later: 'Plus tard', different: 'Deux personnes' }

export const duplicates = {
  title: 'Doublons possibles',
  lead: 'Deux fiches qui pourraient être celles d’une seule personne. Rien n’est réuni sans vous.',
  link: 'Doublons possibles',
  linkCounted: plural('fr', { one: 'Un doublon possible', other: '# doublons possibles' }),
  homeWhy: 'Deux fiches pour une personne, c’est une allergie lue dans l’une et pas dans l’autre.',
  statesLabel: 'Décisions',
  states,
  none: {
    open: 'Aucun doublon à examiner.',
    later: 'Rien n’a été remis à plus tard.',
    different: 'Aucune paire n’a été déclarée distincte.',
  },
  count: (count: number, hasMore: boolean) => (hasMore ? `Les ${count} premières paires.` : `${pairs(count)}.`),
  due: plural('fr', {
    one: 'Une fiche n’est pas encore comparée aux autres ; elle le sera d’elle-même.',
    other: '# fiches ne sont pas encore comparées aux autres ; elles le seront d’elles-mêmes.',
  }),
  more: 'Montrer la suite',
  compare: 'Comparer',
  compareOf: (one: string, other: string) => `Comparer ${one} et ${other}`,
  certainty,
  notAlike: 'Rien n’indique que ce soit la même personne',
  speaksForTitle: 'Pour',
  speaksAgainstTitle: 'Contre',
  speaksFor,
  speaksAgainst,
  decided: (day: string, name: string) => `Décidé le ${day} par ${name}.`,
  decidedReason: (reason: string) => `Motif : ${reason}`,

  pairTitle: 'Est-ce la même personne ?',
  back: 'Tous les doublons possibles',
  tableLabel: 'Les deux fiches, trait par trait',
  trait: 'Trait',
  differs: 'différent',
  nothing: '—',
  created: 'Fiche ouverte le',
  lastVisit: 'Dernière venue',
  noVisit: 'aucune',
  steward: 'À qui est le patient',
  holds: 'Contient',
  holdsNothing: 'rien',
  holdsJoined: plural('fr', { one: 'une fiche déjà réunie', other: '# fiches déjà réunies' }),
  access: 'Accès',
  accessLimited: 'limité',
  accessOpen: 'ordinaire',
  same: 'C’est la même personne…',
  different: 'Ce sont deux personnes…',
  later: 'Plus tard',
  again: 'Remettre à décider',
  insDiffer: 'Deux INS qualifiés différents sont deux personnes. Si l’un des deux est faux, corrigez-le d’abord.',

  joinTitle: 'Réunir les deux fiches',
  keptLabel: 'Quelle fiche garde son identité ?',
  keptHint: 'Son nom, son numéro et son INS seront affichés. L’autre reste trouvable par les siens.',
  keptChoice: (file: string, name: string) => `Dossier ${file}, ${name}`,
  joinWhat: [
    'Les deux fiches s’affichent comme un seul dossier : fil, schéma dentaire, documents, rendez-vous.',
    'Rien n’est déplacé ni effacé : chaque élément dit dans quelle fiche il a été écrit.',
    'L’accès le plus strict des deux vaut pour l’ensemble.',
    'Vous pourrez séparer les fiches à tout moment : elles redeviendront ce qu’elles étaient, avec ce qui aura été écrit depuis dans chacune.',
  ],
  joinStewards: 'Les deux fiches ne sont pas au même praticien : cela reste écrit, la fiche gardée décide de ce qui s’affiche.',
  reason: 'Pourquoi est-ce la même personne ?',
  reasonHint: 'Par exemple : « la patiente confirme, elle s’est mariée en 2019 ». Dix caractères au moins.',
  join: 'Réunir',
  differentTitle: 'Ce sont deux personnes',
  differentLead: 'La paire quitte la liste. Elle n’y revient que si l’on apprend quelque chose de nouveau.',
  differentReason: 'À quoi le voit-on ?',
  differentHint: 'Par exemple : « jumeaux, vus ensemble ce jour ». Dix caractères au moins.',
  confirmDifferent: 'Deux personnes',

  joinedNotice: plural('fr', { one: 'Ce dossier réunit deux fiches.', other: 'Ce dossier réunit plusieurs fiches.' }),
  joinedLine: (file: string, name: string, day: string, by: string) => `Dossier ${file}, ${name} : réuni le ${day} par ${by}.`,
  separate: 'Séparer…',
  separateOf: (file: string) => `Séparer le dossier ${file}`,
  separateTitle: 'Séparer les deux fiches',
  separateWhat: [
    'Chaque fiche redevient un dossier à part, avec son identité, son numéro et ses limites d’accès.',
    'Ce qui a été écrit depuis la réunion reste dans la fiche où il a été écrit : le plus souvent celle qui a été gardée. Relisez-la.',
    'La paire est notée « deux personnes ».',
  ],
  separateReason: 'Pourquoi les séparer ?',
  separateConfirm: 'Séparer',
  writtenIn: (file: string) => `écrit dans le dossier ${file}`,

  alreadyThere: plural('fr', {
    one: 'Cette personne est peut-être déjà là. Vérifiez avant d’ouvrir un second dossier.',
    other: 'Cette personne est peut-être déjà là, plusieurs fois. Vérifiez avant d’ouvrir un autre dossier.',
  }),
}

function pairs(count: number): string {
  return count === 1 ? 'Une paire' : `${count} paires`
}
