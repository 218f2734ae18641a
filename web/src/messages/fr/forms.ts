import { plural } from '../plural.ts'

export const forms = {
  optional: (label: string) => `${label} (facultatif)`,
  showOrHide: 'Montrer ou cacher ce qui est tapé',
  draftBack: 'Voici ce que vous aviez commencé à écrire.',
  draftDrop: 'L’effacer',
  toMend: plural('fr', { one: 'Une réponse est à corriger :', other: '# réponses sont à corriger :' }),
  waitFor: (seconds: number) => `Réessayez dans ${seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`}.`,
  codeIs: (code: string) => `(code : ${code})`,
  close: 'Fermer',
  cancel: 'Annuler',
  back: 'Revenir',
  next: 'Continuer',
  save: 'Enregistrer',
  saved: 'C’est enregistré.',
  remove: 'Supprimer',
  waiting: 'Un instant…',
  notSaid: 'Non précisé',
  nameDiffers: (name: string) => `Recopiez exactement : ${name}`,
  typeName: (name: string) => `Pour confirmer, recopiez : ${name}`,
  emailWrong: 'Une adresse électronique ressemble à nom@exemple.fr.',
  between: (least: number, most: number) => `Un nombre entier entre ${least} et ${most}.`,
}
