/**
 * A crowd with names as they are spread in France: a few that very many bear, and very many that a few bear. For searches at full size.
 * Nobody real is meant: first and family names are drawn independently, rarer family names are put together from parts, and telephone numbers
 * are of the block that France keeps for fiction.
 */
import type { SeededRandom } from './random.ts'

export interface CrowdMember {
  readonly number: number
  readonly birthName: string
  readonly usedName: string | undefined
  readonly givenNames: readonly string[]
  readonly sex: 'F' | 'M'
  /** `YYYY-MM-DD` */
  readonly bornOn: string
  readonly telephones: readonly string[]
  /** fifteen characters with valid check digits; two of five have none on record */
  readonly ins: string | undefined
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** From the commonest on. */
const FAMILY_NAMES = words(`
  Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux David Bertrand Morel Fournier Girard
  Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand
  Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer
  Dufour Meunier Brun Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin
  Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey Leclerc Payet Rolland
  Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert Berger Carpentier Sanchez Dupuis Moulin Louis Deschamps Huet Vasseur Perez Boucher
  Fleury Royer Klein Jacquet Adam Paris Poirier Marty Aubry Guyot Carré Charles Renault Charpentier Ménard Maillard Baron Bertin Bailly Hervé
  Schneider Fernandez Collet Léger Bouvier Julien Prévost Millet Perrot Daniel Cousin Germain Breton Besson Langlois Rémy Nguyen Pelletier
  Lévêque Perrier Leblanc Barré Lebrun Marchal Weber Mallet Hamon Boulanger Jacob Monnier Michaud Rodriguez Guichard Gillet Étienne Grondin
  Poulain Tessier Chevallier Collin Chauvin Bouchet Gay Lemaître Benard Maréchal Humbert Reynaud Antoine Hoarau Perret Barthélemy Cordier
  Pichon Lejeune Gilbert Lamy Delaunay Pasquier Carlier Laporte Diallo Traoré Benali Haddad Cohen Lévy Benhamou Saidi Mansouri Belkacem
  Cissé Camara Tran Pham Da-Silva Ferreira Pereira Dos-Santos Kowalski Rossi Schmidt Wagner Thibault Thibaud Delattre Deschamps Vallet
  Le-Goff Le-Gall Le-Roux De-La-Croix D'Almeida N'Diaye N'Guyen O'Connor Ben-Amou El-Amrani Van-Damme Saint-Martin`)
const BEGINNINGS = words(`
  Bal Bar Bel Ber Bour Bra Cal Cas Cha Clau Cor Cou Dar Del Dor Fer Flo Fon Gal Gar Gour Gran Hau Jau Jou Lan Lar Lau Mal Mar Mas Mon Mou Nau
  Pal Pas Per Pey Pon Pra Qui Ray Ri Ro Rou Sal Sar Sou Tal Tar Tou Val Var Ver Vi Vau Abel Amel Andri Ansel Arro Aub Audi Azé Ébr Éme Esco Ibar
  Izar Olli Orsi Ouss Uber Urru Yver Zan Zim Khel Mous Bouz Cher Ham Rach Tchi Kou Nko Mba Szy Wo Kra Stan Lind`)
const MIDDLES = words(
  'a an ar au be ca che da de den do du en er fe gue i in la le li ma me mi mo na ne o on ou ra re ri ro se ta te ti va ve vi ze',
)
const ENDINGS = words(`
  ard at aud ault aux ay beau chon court dier don eau el elle enc er et euil eux fils gnac geon gny gue ier ieux ille in ing iot land lin lon
  mont nac nier nin not on ot oul oux quet quin rac rand ret rin rol son tard teau thier tier tin ton val vet vier ville vin zac sky ian ez ini`)
const WOMEN = words(`
  Marie Nathalie Isabelle Sylvie Catherine Françoise Martine Christine Monique Valérie Sandrine Véronique Nicole Stéphanie Sophie Céline Chantal
  Patricia Anne Brigitte Julie Monica Aurélie Laurence Christelle Dominique Jacqueline Virginie Corinne Annie Michèle Élodie Jeanne Émilie Camille
  Laura Karine Hélène Caroline Delphine Audrey Florence Manon Claire Léa Pauline Sarah Mélanie Marion Annick Sabrina Fatima Mathilde Alice Chloé
  Emma Louise Inès Jade Nadia Khadija Aïcha Lætitia Agnès Anaïs Océane Maëlle Éloïse Zoé Margaux Marie-Claude Marie-Christine Anne-Marie
  Marie-Thérèse Marie-José Rose Élise Gaëlle Yvonne Odette Paulette Simone Thérèse Béatrice Geneviève Joséphine Aminata Mariama Linh Ana Maria`)
const MEN = words(`
  Jean Philippe Michel Alain Patrick Nicolas Christophe Pierre Christian Éric Frédéric Laurent Stéphane David Pascal Daniel Alexandre Sébastien
  Julien Thierry Olivier Bernard Thomas Gérard Didier Dominique Vincent François Bruno Guillaume Jérôme Jacques Marc Maxime Romain Claude Antoine
  Franck Jean-Pierre Anthony Kevin Gilles Cédric Serge André Mathieu Benjamin Patrice Fabrice Joël Jérémy Clément Arnaud Denis Paul Lucas Hervé
  Jean-Claude Sylvain Yves Ludovic Guy Florian Damien Alexis Mickaël Quentin Emmanuel Louis Benoît Jean-Luc Fabien Francis Hugo Jonathan Loïc
  Xavier Théo Adrien Raphaël Jean-François Grégory Robert Michaël Valentin Cyril Jean-Marc René Lionel Yannick Enzo Yann Jean-Michel Baptiste
  Matthieu Rémi Georges Aurélien Nathan Jean-Paul Mohamed Ahmed Youssef Karim Mehdi Moussa Mamadou Ibrahim Omar Minh Gabriel Jules Arthur`)

const RARE_SHARE = 0.55
const MARRIED_SHARE = 0.45
const DAYS = 365 * 95

/** One after another, numbered from 1, so that a crowd need not be in memory. The same seed gives the same crowd. */
export function* inventCrowd(random: SeededRandom, count: number): Generator<CrowdMember> {
  const family = drawer(random, FAMILY_NAMES)
  const women = drawer(random, WOMEN)
  const men = drawer(random, MEN)
  const familyName = () => (random.chance(RARE_SHARE) ? rareName(random) : family()).replaceAll('-', ' ')
  const first = Temporal.PlainDate.from('1930-01-01')
  for (let number = 1; number <= count; number++) {
    const sex = random.pick(['F', 'M'] as const)
    const given = sex === 'F' ? women : men
    const bornOn = String(first.add({ days: random.below(DAYS) }))
    const birthName = random.chance(0.02) ? `${familyName()}-${familyName()}` : familyName()
    yield {
      number,
      birthName,
      usedName: sex === 'F' && random.chance(MARRIED_SHARE) ? familyName() : undefined,
      givenNames: [...new Set([given(), ...(random.chance(0.7) ? [given()] : []), ...(random.chance(0.4) ? [given()] : [])])],
      sex,
      bornOn,
      telephones: [
        ...(random.chance(0.9) ? [telephone(random, '06 39 98')] : []),
        ...(random.chance(0.4) ? [telephone(random, '01 99 00')] : []),
      ],
      ins: random.chance(0.6) ? inventIns(random, sex, bornOn) : undefined,
    }
  }
}

/** Draws from a list in which the n-th is about `n` to the power of 0.7 times as rare as the first. */
function drawer(random: SeededRandom, list: readonly string[]): () => string {
  let sum = 0
  const sums = list.map((_, i) => {
    sum += (i + 1) ** -0.7
    return sum
  })
  return () => {
    const drawn = (random.below(2 ** 32) / 2 ** 32) * sum
    let [low, high] = [0, sums.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > drawn) high = middle
      else low = middle + 1
    }
    return list[low] ?? ''
  }
}

function rareName(random: SeededRandom): string {
  const middle = random.chance(0.5) ? random.pick(MIDDLES) : ''
  return random.pick(BEGINNINGS) + middle + random.pick(ENDINGS)
}

function telephone(random: SeededRandom, block: string): string {
  const pair = () => String(random.below(100)).padStart(2, '0')
  return `${block} ${pair()} ${pair()}`
}

function inventIns(random: SeededRandom, sex: 'F' | 'M', bornOn: string): string {
  const digits = (length: number) => String(random.between(1, 10 ** length - 1)).padStart(length, '0')
  const place = String(random.between(1, 95)).padStart(2, '0')
  const who = `${sex === 'M' ? 1 : 2}${bornOn.slice(2, 4)}${bornOn.slice(5, 7)}${place === '20' ? '2A' : place}${digits(3)}${digits(3)}`
  const key = 97 - Number(BigInt(who.replace('2A', '19')) % 97n)
  return who + String(key).padStart(2, '0')
}
