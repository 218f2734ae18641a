/** Where duties come from, and how sure we are: `law-texts` of the project, read in public copies where it says read. */
import type { Source } from '../rule.ts'

const CODE_DE_LA_SANTE = 'https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000006072665/'
const MDR = 'https://eur-lex.europa.eu/eli/reg/2017/745/oj'
const MACSF = 'https://macsf.fr/responsabilite-professionnelle/relation-au-patient-et-deontologie'

// biome-ignore format: a table is read by columns
export const SOURCES = {
  contents: { cited: 'ANAES, Le dossier du patient en odontologie, mai 2000', address: 'https://studylibfr.com/doc/3294325/le-dossier-du-patient-en-odontologie', sureness: 'read' },
  datedAndSigned: { cited: 'CSP R1112-3 (établissements ; par analogie)', address: 'https://french-business-law.com/french-legislation-art/article-r1112-3-of-the-french-public-health-code/', sureness: 'uncertain' },
  ins: { cited: 'CSP L1111-8-1', address: CODE_DE_LA_SANTE, sureness: 'known' },
  representative: { cited: 'CSP L1111-2, L1111-4, R1111-1', address: CODE_DE_LA_SANTE, sureness: 'known' },
  questionnaire: { cited: 'MACSF, Le questionnaire médical en chirurgie dentaire', address: `${MACSF}/le-questionnaire-medical-en-chirurgie-dentaire`, sureness: 'read' },
  dentalRecord: { cited: 'MACSF, Le dossier médical du chirurgien-dentiste', address: `${MACSF}/le-dossier-medical-du-chirurgien-dentiste`, sureness: 'read' },
  information: { cited: 'CSP L1111-2', address: CODE_DE_LA_SANTE, sureness: 'known' },
  consent: { cited: 'CSP R4127-236, L1111-4', address: CODE_DE_LA_SANTE, sureness: 'read' },
  quote: { cited: 'CSP L1111-3, L1111-3-2', address: CODE_DE_LA_SANTE, sureness: 'known' },
  justification: { cited: 'CSP L1333-2 (principe de justification)', address: CODE_DE_LA_SANTE, sureness: 'uncertain' },
  dose: { cited: 'Arrêté du 22 septembre 2006, informations dosimétriques du compte rendu', address: 'https://information-dentaire.fr/formations/la-radiologie-dentaire-en-2014', sureness: 'uncertain' },
  radiograph: { cited: 'Recommandations de bonne pratique ; assureurs', address: 'https://www.information-dentaire.fr/actualites/le-dossier-du-patient%E2%80%89-quelles-recommandations%E2%80%89/', sureness: 'uncertain' },
  ccam: { cited: 'CCAM, libellés et localisations dentaires', address: 'https://information-dentaire.fr/publications/no/011023-143-Les-codes-de-la-CCAM.html', sureness: 'read' },
  implantTrace: { cited: 'CSP R5212-36 et suivants ; arrêté du 26 janvier 2007', address: 'http://www.union-dentaire.com/exercer/obligations-reglementaires/tracabilite-pharmacovigilance-materiovigilance/tracabilite/', sureness: 'read' },
  implantCard: { cited: 'Règlement (UE) 2017/745, article 18', address: MDR, sureness: 'known' },
  madeToMeasure: { cited: 'Règlement (UE) 2017/745, annexe XIII', address: MDR, sureness: 'read' },
  prescription: { cited: 'CSP R5132-3', address: CODE_DE_LA_SANTE, sureness: 'uncertain' },
  exchanged: { cited: 'CSP L1111-7', address: CODE_DE_LA_SANTE, sureness: 'read' },
  continuity: { cited: 'CSP R4127-264, R4127-236 ; usage entre confrères', address: CODE_DE_LA_SANTE, sureness: 'uncertain' },
  security: { cited: 'RGPD, article 32 (disponibilité)', address: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj', sureness: 'known' },
} as const satisfies Readonly<Record<string, Source>>
