/** What a whole record holds and no rule checks, because the record cannot tell: shown beside the rules, so that nobody takes silence for consent. */
import type { Words } from '../rule.ts'

export const NOT_CHECKED: readonly Words[] = [
  {
    fr: 'L’information sur les risques et les autres possibilités : Couronne voit qu’un consentement est là, pas ce qui a été dit.',
    en: 'The information on risks and alternatives: Couronne sees that a consent is there, not what was said.',
  },
  {
    fr: 'L’anesthésie (produit, dose, lot) et les matériaux : ils se notent dans l’observation de la séance.',
    en: 'Anaesthesia (product, dose, lot) and materials: they are written in the note of the session.',
  },
  {
    fr: 'La stérilisation (cycle, lot du sachet) : tenue hors du dossier.',
    en: 'Sterilisation (cycle, lot of the pouch): kept outside of the record.',
  },
  {
    fr: 'La protection juridique d’un majeur, tant que personne ne l’a inscrite.',
    en: 'Whether an adult is legally protected, as long as nobody has written it down.',
  },
  {
    fr: 'Les refus de soins, complications et incidents, et comment ils ont été traités.',
    en: 'Refusals of care, complications and incidents, and how they were handled.',
  },
  {
    fr: 'Le dépassement du tarif hors prothèse et implant : les tarifs ne sont pas dans Couronne.',
    en: 'Fees above the tariff beside prostheses and implants: tariffs are not in Couronne.',
  },
  {
    fr: 'La justification et la dose de chaque radiographie, dans le texte du compte rendu.',
    en: 'The justification and the dose of each radiograph, in the text of the report.',
  },
  {
    fr: 'L’identité écrite dans une image : elle est comparée à la réception, et une image douteuse attend au plateau.',
    en: 'The identity written in an image: it is compared at reception, and a doubtful image waits in the tray.',
  },
  {
    fr: 'L’information sur la protection des données : une affiche ou un dépliant la donne à tous.',
    en: 'The information on data protection: a poster or a leaflet gives it to everybody.',
  },
  {
    fr: 'Le suivi d’orthodontie, semestre par semestre.',
    en: 'The follow-up of orthodontics, half-year by half-year.',
  },
]
