/**
 * Names for invented patients. Family names are put together from words of the landscape, so that they sound French and mean nobody; given
 * names are those of each generation. The same seed gives the same people.
 */
import type { SeededRandom } from './random.ts'

// biome-ignore format: lists of words
const BEGINNINGS = [
  'Beau', 'Clair', 'Mont', 'Font', 'Roche', 'Val', 'Haute', 'Belle', 'Grand', 'Vert', 'Rouge', 'Blanc', 'Noir', 'Bois', 'Pré', 'Champ', 'Puy',
  'Lande', 'Épine', 'Franc', 'Gué', 'Haie', 'Malle', 'Orme', 'Pierre', 'Sauve', 'Terre', 'Ville', 'Aigue', 'Combe',
] as const
// biome-ignore format: lists of words
const ENDINGS = [
  'lac', 'mur', 'fleur', 'rive', 'perle', 'cendre', 'lune', 'pin', 'tour', 'vent', 'saule', 'orge', 'sable', 'cloche', 'grive', 'mousse',
  'bise', 'torrent', 'ciel', 'neige', 'fontaine', 'chêne', 'lande', 'étang',
] as const
// biome-ignore format: lists of words
const GIVEN = {
  F: [
    ['Yvette', 'Jeannine', 'Paulette', 'Simone', 'Monique', 'Denise', 'Ginette', 'Odette', 'Thérèse', 'Huguette'],
    ['Martine', 'Françoise', 'Brigitte', 'Chantal', 'Sylvie', 'Dominique', 'Annick', 'Éliane', 'Véronique', 'Marie-Claude'],
    ['Nathalie', 'Sandrine', 'Karine', 'Céline', 'Aurélie', 'Émilie', 'Hélène', 'Anne-Sophie', 'Leïla', 'Samira'],
    ['Manon', 'Léa', 'Camille', 'Inès', 'Maëlle', 'Océane', 'Zoé', 'Éloïse', 'Anaïs', 'Fatou'],
    ['Jade', 'Louise', 'Alma', 'Ambre', 'Romy', 'Iris', 'Lina', 'Mila', 'Aya', 'Agathe'],
  ],
  M: [
    ['René', 'Marcel', 'André', 'Roger', 'Raymond', 'Gaston', 'Lucien', 'Fernand', 'Jean', 'Maurice'],
    ['Michel', 'Alain', 'Gérard', 'Bernard', 'Jean-Pierre', 'Daniel', 'Christian', 'Jacques', 'Hervé', 'Yves'],
    ['Stéphane', 'Christophe', 'Frédéric', 'Sébastien', 'Jérôme', 'Karim', 'Nicolas', 'Loïc', 'Gaël', 'Noël'],
    ['Thomas', 'Maxime', 'Théo', 'Antoine', 'Kévin', 'Mehdi', 'Rémi', 'Étienne', 'Moussa', 'Valentin'],
    ['Gabriel', 'Raphaël', 'Léo', 'Arthur', 'Jules', 'Noé', 'Adam', 'Sacha', 'Ismaël', 'Timéo'],
  ],
} as const
const GENERATION_STARTS = [0, 1948, 1968, 1988, 2008] as const

export type Sex = keyof typeof GIVEN

/** `BEAULAC`, `DE MONTFLEUR`, `CLAIRNEIGE-PUYLUNE`: some 700 single names, with the particles and double names that searches stumble over. */
export function inventFamilyName(random: SeededRandom): string {
  const single = () => random.pick(BEGINNINGS) + random.pick(ENDINGS)
  const name = random.chance(0.05)
    ? `${single()}-${single()}`
    : random.chance(0.08)
      ? `${random.pick(['de', 'Le', 'La', 'du'])} ${single()}`
      : single()
  return name.toLocaleUpperCase('fr')
}

export function inventGivenName(random: SeededRandom, sex: Sex, birthYear: number): string {
  const generation = GENERATION_STARTS.findLastIndex((start) => start <= birthYear)
  return random.pick(GIVEN[sex][generation] ?? GIVEN[sex][0])
}
