/** What the findings of an import mean, for whoever reads its report. */
import type { Refusal, Remark } from '@couronne/practice'
import type { Text } from '../language.ts'

export const FINDING_WORDS: Readonly<Record<Refusal | Remark, Text>> = {
  'columns-differ': { fr: 'pas le même nombre de colonnes que l’en-tête', en: 'not as many columns as the head' },
  'line-too-long': { fr: 'ligne trop longue', en: 'a line that is too long' },
  'key-missing': { fr: 'sans identifiant', en: 'without an identifier' },
  'key-taken': {
    fr: 'même identifiant qu’une autre ligne, contenu différent',
    en: 'the same identifier as another row, other content',
  },
  'patient-unknown': { fr: 'patient absent de la source, ou refusé', en: 'a patient who is not in the source, or was refused' },
  'name-missing': { fr: 'patient sans nom', en: 'a patient without a name' },
  'day-missing': { fr: 'sans date lisible', en: 'without a readable day' },
  'does-not-fit': { fr: 'rien qu’un dossier puisse contenir', en: 'nothing that a record takes' },
  'nothing-said': { fr: 'rien d’écrit', en: 'nothing is said' },
  'file-missing': { fr: 'fichier absent', en: 'the file is missing' },
  'file-path-wrong': { fr: 'chemin de fichier hors de la source', en: 'a file path out of the source' },
  'test-patient': { fr: 'patient d’essai', en: 'a test patient' },
  'day-wrong': { fr: 'date impossible', en: 'a day that never was' },
  'day-unknown': { fr: 'date de remplissage, laissée vide', en: 'a day that means none, left empty' },
  'time-wrong': { fr: 'heure ou durée illisible', en: 'an unreadable time or duration' },
  'tooth-unknown': { fr: 'dent inexistante', en: 'a tooth that is none' },
  'tooth-does-not-fit': { fr: 'dent qui ne va pas avec l’acte', en: 'a tooth that does not fit the act' },
  'tooth-missing': { fr: 'acte sans sa dent', en: 'an act without its tooth' },
  'too-many-teeth': { fr: 'trop de dents pour l’acte', en: 'too many teeth for the act' },
  'surface-unknown': { fr: 'face inconnue', en: 'an unknown surface' },
  'sex-unknown': { fr: 'sexe illisible', en: 'an unreadable sex' },
  'status-unknown': { fr: 'état inconnu', en: 'an unknown status' },
  'amount-wrong': { fr: 'montant illisible', en: 'an unreadable amount' },
  'telephone-wrong': { fr: 'téléphone illisible', en: 'an unreadable telephone number' },
  'email-wrong': { fr: 'adresse électronique illisible', en: 'an unreadable e-mail address' },
  'postal-code-wrong': { fr: 'code postal illisible', en: 'an unreadable postal code' },
  'insured-number-wrong': {
    fr: 'numéro de sécurité sociale dont la clé est fausse',
    en: 'a social security number with a wrong key',
  },
  'insured-number-of-another': {
    fr: 'numéro de sécurité sociale d’une autre personne (un parent ?)',
    en: 'a social security number of somebody else (a parent?)',
  },
  'type-unknown': { fr: 'type inconnu, gardé tel quel', en: 'an unknown type, kept as it is' },
  'practitioner-unknown': { fr: 'praticien que le cabinet n’a pas', en: 'a practitioner whom the practice has not' },
  'birth-name-assumed': {
    fr: 'un seul nom, pris pour le nom de naissance',
    en: 'one name only, taken for the birth name',
  },
  'cut-short': { fr: 'texte raccourci', en: 'a text that was cut' },
  'quote-inside': { fr: 'guillemets au milieu d’un texte', en: 'quotes in the middle of a text' },
  'quote-not-closed': { fr: 'guillemets jamais refermés', en: 'quotes that nothing closes' },
  'format-differs': { fr: 'le contenu du fichier n’est pas ce que dit son nom', en: 'the file is not what its name says' },
  'file-number-taken': {
    fr: 'numéro de dossier déjà pris, un signe y est ajouté',
    en: 'a file number that is taken, a sign was added to it',
  },
  'changed-here-too': {
    fr: 'changé dans la source, mais aussi corrigé ici : laissé tel quel',
    en: 'changed in the source, and corrected here as well: left as it is',
  },
}
