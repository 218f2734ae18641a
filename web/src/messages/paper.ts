/** What stands on printed sheets: French, whatever language the page speaks (decision 0043). Ordinary spaces, as in `fr.ts`. */
import { typesetAll, typesetFrench } from './typeset.ts'

export const paper = typesetAll(
  {
    titles: { dentist: 'Chirurgien-dentiste', student: 'Étudiant adjoint en chirurgie dentaire' },
    rpps: (number: string) => `RPPS ${number}`,
    finess: (number: string) => `FINESS ${number}`,
    siret: (number: string) => `SIRET ${number}`,
    telephone: (number: string) => `Tél. ${number}`,
    sample: 'Cabinet d’exemple : ce document n’a aucune valeur',
    placeAndDay: (town: string | undefined, day: string) => (town === undefined ? `Le ${day}` : `${town}, le ${day}`),
    usedName: (name: string) => `Nom utilisé : ${name}`,
    born: (day: string, sex: string) => `${sex === 'female' ? 'Née' : sex === 'male' ? 'Né' : 'Né(e)'} le ${day}`,
    bornIn: (when: string, sex: string) => `${sex === 'female' ? 'Née' : sex === 'male' ? 'Né' : 'Né(e)'} en ${when}`,
    sex: { female: 'Sexe : féminin', male: 'Sexe : masculin', unknown: 'Sexe : non précisé' },
    file: (number: string) => `Dossier ${number}`,
    ins: { nir: 'NIR', nia: 'NIA', 'nir-test': 'NIR de test', 'nir-demo': 'NIR de démonstration' },
    insIs: (number: string, kind: string) => `INS ${number} (${kind})`,
    teeth: (teeth: string, count: number) => `${count === 1 ? 'Dent' : 'Dents'} ${teeth}`,
    versionAndPrint: (version: number, day: string) => `Version ${version} de la fiche, imprimée le ${day}`,

    prescription: 'Ordonnance',
    days: (days: number) => `Pendant ${days} ${days === 1 ? 'jour' : 'jours'}`,
    quantity: (quantity: string) => `Quantité : ${quantity}`,
    notSubstitutable: 'Non substituable',
    lineCount: (count: number) => (count === 1 ? 'Une ligne' : `${count} lignes`),

    quote: (number: string | undefined) => (number === undefined ? 'Devis' : `Devis n° ${number}`),
    quoteMadeOn: (day: string) => `Établi le ${day}`,
    quoteValid: (day: string) => `valable jusqu’au ${day}`,
    columns: {
      act: 'Acte',
      fee: 'Honoraires',
      device: 'dont prix de vente de l’appareil',
      base: 'Base de remboursement',
      reimbursed: 'Remboursement de l’assurance maladie',
      rest: 'Reste avant complémentaire',
    },
    code: (system: string, code: string) => `${system.toUpperCase()} ${code}`,
    materials: (materials: string) => `Matériaux : ${materials}`,
    madeIn: (country: string) => `Lieu de fabrication : ${country}`,
    subcontracting: {
      none: () => 'Sans sous-traitance de la fabrication',
      part: (country: string | undefined) =>
        country === undefined
          ? 'Avec sous-traitance d’une partie de la fabrication'
          : `Une partie de la fabrication est sous-traitée : ${country}`,
    },
    baskets: {
      'full-cover': 'Panier 100 % Santé',
      moderated: 'Panier aux tarifs maîtrisés',
      free: 'Panier aux tarifs libres',
    },
    alternative: 'Alternative 100 % Santé :',
    total: 'Total',
    unknown: 'non renseigné',
    quoteOfDevice:
      'Le prix de vente d’un appareil sur mesure figure à part des soins, avec ses matériaux et son lieu de fabrication (article L. 1111-3-2 du code de la santé publique). Les documents qui en assurent la traçabilité vous sont remis avec lui.',
    quoteLaw: [
      'Le remboursement indiqué est celui de l’assurance maladie obligatoire, tel que le cabinet le connaît à ce jour ; votre complémentaire peut prendre en charge tout ou partie du reste : demandez-lui avant de signer.',
      'Ce devis est gratuit. Le traitement peut changer selon ce que les soins révèlent ; un nouveau devis vous est alors remis.',
    ],
    agreed: 'Lu, compris et accepté. Date et signature du patient ou de son représentant',

    consent: { given: 'Consentement', refused: 'Refus', withdrawn: 'Retrait du consentement' },
    subjects: {
      care: 'soins',
      surgery: 'chirurgie',
      implant: 'implant',
      anaesthesia: 'anesthésie',
      imaging: 'imagerie',
      data: 'données personnelles',
      sharing: 'partage d’informations',
      photographs: 'photographies',
      other: 'autre',
    },
    consentBy: (name: string) => `Je soussigné(e), ${name},`,
    consentFor: (name: string, patient: string) => `Je soussigné(e), ${name}, qui représente ${patient},`,
    // A line to write on: the sheet is signed by hand.
    representative: '………………………………………………',
    decisions: {
      given: 'donne mon accord à ce qui suit :',
      refused: 'refuse ce qui suit :',
      withdrawn: 'retire l’accord que j’avais donné à ce qui suit :',
    },
    informed:
      'J’ai reçu une information claire sur l’intérêt, les risques et les autres solutions. J’ai pu poser mes questions et je peux changer d’avis à tout moment (articles L. 1111-2 et L. 1111-4 du code de la santé publique).',
    informedOfData: 'J’ai reçu une information claire, j’ai pu poser mes questions et je peux changer d’avis à tout moment.',
    explainedBy: (name: string) => `Explications données par ${name}.`,
    decidedOn: (day: string) => `Décision du ${day}.`,

    letterTo: 'À l’attention de',
    received: {
      letter: (name: string) => `Courrier reçu de ${name}`,
      email: (name: string) => `Courriel reçu de ${name}`,
      mssante: (name: string) => `Message MSSanté reçu de ${name}`,
      telephone: (name: string) => `Appel reçu de ${name}`,
      message: (name: string) => `Message reçu de ${name}`,
      'in-person': (name: string) => `Entretien avec ${name}`,
      other: (name: string) => `Reçu de ${name}`,
    },
    subjectIs: (subject: string) => `Objet : ${subject}`,

    states: {
      withdrawn: 'Retiré du dossier',
      cancelled: 'Annulée',
      refused: 'Refusé',
      expired: 'Périmé',
    },
    signature: (name: string) => `Signature de ${name}`,
    signatureOfPatient: 'Signature du patient',
    signatureOfRepresentative: 'Signature du représentant',
    signatureOfPractice: 'Signature et cachet',
  },
  typesetFrench,
)
