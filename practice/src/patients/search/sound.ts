/**
 * How a name sounds in France: names that people take for each other on the telephone get the same key. Pure.
 *
 * The key is coarse on purpose: `s` and `z` are one, open and closed vowels are one (accents are gone by now), final letters that are mostly
 * silent are dropped, also in names in which they are heard. It keeps apart what tells two names apart: nasal vowels (`Martin`,
 * `Martine`), consonants that are heard, the order of sounds. The rules are ours; there is no standard for French.
 *
 * Its signs: B C(ch) D F G J K L M N P R S T V, Y as at the end of `famille`; A E I O U, W(ou), 4(eu); nasal 1(an) 2(in) 3(on).
 */

/** A key of fewer signs would bring together what has nothing in common. */
const SIGNS_MIN = 2

/** Not nasal before a vowel, nor before the `_` that a mute `e` leaves. */
const NASAL = '(?![aeiouy_4EOW])'

/** In this order, each on what the ones before left. Small letters are spelling, capitals and digits are sounds and stay. */
const RULES: readonly (readonly [spelling: RegExp, sound: string])[] = [
  // Consonants of two letters and more, and the h that is not heard
  [/tsch|tch|sch|sh/g, 'C'],
  [/ph/g, 'f'],
  [/ch(?=[rln])/g, 'k'], // Christophe, Chloé
  [/chael/g, 'kael'], // Michaël
  [/c?k[kh]?/g, 'k'],
  [/cq/g, 'q'],
  [/ch/g, 'C'],
  [/ilh/g, 'ill'], // Guilhaume
  [/h/g, ''],
  [/bv/g, 'v'], // Lefebvre
  [/dt/g, 't'], // Schmidt
  [/pt(?=ist)/g, 't'], // Baptiste
  [/mp(?=t)/g, 'n'],
  [/ueler|ueller/g, 'uler'], // Mueller, for Müller

  // Letters that sound by what follows them
  [/[sc]c(?=[eiy])/g, 's'],
  [/c(?=[eiy])/g, 's'],
  [/c/g, 'k'],
  [/qu?/g, 'k'],
  [/[gj]e(?=[ao])/g, 'j'], // Georges, Jean
  [/gn/g, 'n'],
  [/gu(?=[eiy])/g, 'G'],
  [/g(?=[eiy])/g, 'j'],
  [/g/g, 'G'],
  [/z/g, 's'],
  [/w/g, 'v'],

  // `ill` and `il` after a vowel
  [/(?<=v|^[jm])ill(?=[aeiouy])/g, 'il'], // Villard, Gilles, Millet
  [/(?<=[aeou])ill(?=[aeiouy])/g, 'Y'],
  [/ill(?=[aeiouy])/g, 'iY'],
  [/(?<=[aeu])il(?=s?$)/g, 'Y'],

  [/([^aeiouy])\1+/g, '$1'], // a double consonant is one

  // The end
  [/(?<=[^aeou][iy]|[jCY])er$/, 'E'], // Gautier, Roger; not Mayer
  [/e(?:ts?|d|z)$/, 'E'], // Maillet, Mohamed, Martinez
  [/(?<=(?:^|[^aeou])[aei])x$/, 'ks'], // Félix; not Roux
  [/(?<=[ao]u)l[tdx]s?$/, ''], // Thibault, Arnould
  [/erk$/, 'er'], // Leclerc
  [/mps?$/, 'n'], // Deschamps
  [/(?<=[nr])[Gk]s?$/, ''], // Blanc, Bourg
  [/(?<=.)[tdsx]+$/, ''],
  [/(?<=.)ee?$/, '_'],
  [/x/g, 'ks'],

  // Vowels of several letters
  [/e?au/g, 'O'],
  [/o?eu/g, '4'],
  [/ou/g, 'W'],
  [new RegExp(`o[iy]n${NASAL}`, 'g'), 'W2'],
  [/o[iy]/g, 'WA'],
  [new RegExp(`(?<=[iy])en${NASAL}`, 'g'), '2'], // Fabien, Nguyen
  [new RegExp(`(?:[ae]?[iy]|u)(?:n|m(?=[bp]))${NASAL}`, 'g'), '2'],
  [new RegExp(`e?[ae](?:n|m(?=[bp]))${NASAL}`, 'g'), '1'],
  [new RegExp(`o(?:n|m(?=[bp]))${NASAL}`, 'g'), '3'],
  [/a[iye]|e[iy]|(?<=^l)oe/g, 'E'], // Laetitia, Lœtitia

  [/y/g, 'i'],
  [/_/g, ''],
]
const NOT_LATIN = /[^a-z]/

/**
 * The key of a folded word (`foldWords`).
 *
 * @returns undefined for what is too short to have a sound of its own, has digits, or is written in other letters than a to z
 */
export function soundOf(word: string): string | undefined {
  if (NOT_LATIN.test(word)) return undefined
  const key = RULES.reduce((left, [spelling, sound]) => left.replace(spelling, sound), word)
    .toUpperCase()
    .replace(/(.)\1+/g, '$1')
  return key.length < SIGNS_MIN ? undefined : key
}
