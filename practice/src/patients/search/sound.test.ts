import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { foldWords } from './fold.ts'
import { soundOf } from './sound.ts'

/** Each line is one name as it is heard and written. */
const ALIKE = `
  Faure Phore Faur
  Lefèvre Lefebvre Lefébvre
  Thibault Thibaud Tibo
  Gauthier Gautier Gotier
  Meyer Mayer Meier Maier
  Benhamou Benamou Ben-Amou
  Nguyen N'Guyen
  Schmitt Schmidt Schmit Schmid
  Haddad Hadad
  Dupond Dupont
  Renaud Renault Reno Renaut
  Philippe Filip Philip Filipe
  Aurélie Orélie Aurelly
  Christophe Kristof Christof
  Catherine Katherine Caterine
  Sandrine Cendrine
  Mathieu Matthieu Mathieux
  Mickaël Michaël Mikael
  Guillaume Guilhaume Guillome
  Jacques Jacque Jack
  Georges George Jorge
  Éric Erick Érik Heric
  Frédéric Frédérick Fredérik
  Thierry Thiéry Tierry
  Nathalie Natalie
  Isabelle Izabel Isabel
  Bérangère Bérengère
  Laetitia Lœtitia Létitia
  Benoît Benoist Benois
  Baptiste Batiste
  Stéphane Stefane
  Yannick Yanick Ianik
  Yann Yan Ian
  Youssef Yousef Youcef
  Mohamed Mohammed Mohamet
  Khaled Kaled
  Aïcha Aisha
  Chérif Sherif Chérife
  Belkacem Belkassem
  Pham Fam
  Kowalski Kovalsky
  Müller Muller Mueller Muler
  Weber Veber
  Schneider Shneider
  Lévy Levi
  Cohen Coen Kohen
  Diallo Dialo
  Ferreira Fereira
  Rousseau Rousso Roussot
  Moreau Moro Moreaux
  Picard Piquart
  Leclerc Leclercq Leclair
  Lemaire Lemerre
  Perrin Perrain Périn
  Marchand Marchant
  Bourgeois Bourjois
  Deschamps Déchan
  André Andrée
  Daniel Danielle Danièle
  Laurent Laurant Lorent
  Gaëlle Gaelle Gaël
`

/** Near in writing, apart in the ear. */
const APART = `
  Martin Martine
  Simon Simone
  Jean Jeanne
  Dupont Dupuis
  Dupont Dumont
  Durand Dubois
  Bernard Bertrand
  Bernard Besnier
  Petit Petri
  Moreau Morel
  Lambert Imbert
  Faure Favre
  Roux Roy
  Blanc Blanche
  Leroy Leray
  Garnier Grenier
  Nicole Nicolas
  Marie Maria
  Laurent Laurence
  Fabien Fabienne
  Clément Clémence
  François Françoise
  Violet Violette
  Meyer Maillet
  Robert Roberte
  Fournier Tournier
  Girard Gérard
  Rousseau Roussel
  Paul Pauline
  Lucas Luc
  Ahmed Mehmet
  Ali Élie
  Thibaud Thiébaud
  Philippe Phileas
`

const pairsOf = (table: string): (readonly string[])[] =>
  table
    .split('\n')
    .map((line) => line.split(' ').filter((name) => name !== ''))
    .filter((names) => names.length > 1)
const sound = (name: string) => soundOf(foldWords(name).join(''))

for (const [first = '', ...others] of pairsOf(ALIKE))
  test(`${first} sounds like ${others.join(', ')}`, () => {
    assert.notEqual(sound(first), undefined)
    for (const other of others) assert.equal(sound(other), sound(first), other)
  })

for (const [first = '', second = ''] of pairsOf(APART))
  test(`${first} does not sound like ${second}`, () => assert.notEqual(sound(first), sound(second)))

test('other scripts, digits and single letters have no sound', () => {
  for (const word of ['محمد', 'иванов', 'a1', 'h', '']) assert.equal(soundOf(word), undefined, word)
})

test('a key has only the signs that it may have, and is never longer than the word by more than its x', () => {
  const words = fc.stringMatching(/^[a-z]{1,40}$/)
  fc.assert(
    fc.property(words, (word) => {
      const key = soundOf(word)
      assert.match(key ?? 'AA', /^[ABCDEFGIJKLMNOPRSTUVWY1234]{2,}$/)
      assert.ok((key ?? '').length <= word.length * 2)
    }),
  )
})
