/** Why a snapshot is kept: restic's words in English, ours in French. */
import type { Language } from '../language.ts'

const FRENCH: readonly (readonly [RegExp, string])[] = [
  [/^oldest (.*)$/, '$1, le plus ancien'],
  [/^last snapshot/, 'parmi les derniers'],
  [/^hourly snapshot/, 'de l’heure'],
  [/^daily snapshot/, 'du jour'],
  [/^weekly snapshot/, 'de la semaine'],
  [/^monthly snapshot/, 'du mois'],
  [/^yearly snapshot/, 'de l’année'],
  [/^hourly within (.*)$/, 'de l’heure, sur $1'],
  [/^daily within (.*)$/, 'du jour, sur $1'],
  [/^weekly within (.*)$/, 'de la semaine, sur $1'],
  [/^monthly within (.*)$/, 'du mois, sur $1'],
  [/^yearly within (.*)$/, 'de l’année, sur $1'],
  [/^within (.*)$/, 'moins de $1'],
  [/^has tags (.*)$/, 'étiquettes $1'],
]

export function keepWords(reason: string, language: Language): string {
  return language === 'en' ? reason : FRENCH.reduce((text, [pattern, words]) => text.replace(pattern, words), reason)
}
