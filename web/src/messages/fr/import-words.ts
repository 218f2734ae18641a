import { plural } from '../plural.ts'

/** What an import says of rows, columns and sources. */
export const importWords = {
  entities: {
    patient: 'Patients',
    procedure: 'Actes',
    appointment: 'Rendez-vous',
    note: 'Notes',
    alert: 'Alertes',
    document: 'Documents',
    image: 'Images',
    other: 'Autres fichiers',
  },
  entityHints: {
    patient: 'Une ligne par patient : nom, naissance, adresse.',
    procedure: 'Une ligne par soin : date, code, dent, montant.',
    appointment: 'Une ligne par rendez-vous : jour, heure, durée.',
    note: 'Un texte daté : observations, comptes rendus.',
    alert: 'Allergies, traitements, maladies à ne pas oublier.',
    document: 'Une ligne par fichier : radio, lettre, photo.',
  },
  targets: {
    patient: {
      fileNumber: 'Numéro de dossier',
      birthName: 'Nom de naissance',
      usedName: 'Nom utilisé',
      givenNames: 'Prénoms',
      usedGivenName: 'Prénom utilisé',
      sex: 'Sexe',
      bornOn: 'Date de naissance',
      birthPlaceName: 'Lieu de naissance',
      diedOn: 'Date de décès',
      insuredNumber: 'Numéro de sécurité sociale',
      addressLine: 'Adresse',
      addressMore: 'Complément d’adresse',
      postalCode: 'Code postal',
      town: 'Ville',
      telephone: 'Téléphone',
      mobile: 'Téléphone mobile',
      workTelephone: 'Téléphone au travail',
      email: 'Adresse électronique',
      note: 'Remarque',
    },
    procedure: {
      performedOn: 'Date de l’acte',
      code: 'Code de l’acte',
      label: 'Libellé de l’acte',
      teeth: 'Dents',
      surfaces: 'Faces',
      fee: 'Honoraires',
      status: 'Statut',
      practitioner: 'Praticien',
      note: 'Remarque',
    },
    appointment: {
      on: 'Jour',
      at: 'Heure',
      minutes: 'Durée en minutes',
      practitioner: 'Praticien',
      room: 'Fauteuil ou salle',
      reason: 'Motif',
      status: 'Venu ou pas',
      note: 'Remarque',
    },
    note: { on: 'Date', text: 'Texte', teeth: 'Dents', practitioner: 'Praticien' },
    alert: { category: 'Genre d’alerte', label: 'De quoi il s’agit', recordedOn: 'Date', note: 'Remarque' },
    document: {
      path: 'Nom ou chemin du fichier',
      bytes: 'Le fichier lui-même (dans la base)',
      fileName: 'Nom du fichier',
      title: 'Titre',
      type: 'Type de document',
      madeOn: 'Date du document',
      teeth: 'Dents',
      practitioner: 'Praticien',
      author: 'Auteur',
      note: 'Remarque',
    },
  },
  /** `is`: what is wrong, of one row; `next`: what it means and what to do about it */
  findings: {
    'columns-differ': {
      is: 'pas le même nombre de colonnes que l’en-tête',
      next: 'Un séparateur manque ou est en trop dans la ligne. Corrigez-la dans l’ancien logiciel, ou recopiez-la à la main.',
    },
    'line-too-long': {
      is: 'ligne trop longue pour être lue',
      next: 'Un guillemet n’a sans doute jamais été refermé. Refaites l’export, ou corrigez la ligne.',
    },
    'key-missing': {
      is: 'sans identifiant',
      next: 'Sans lui, la ligne serait reprise deux fois la nuit suivante. Vérifiez la colonne choisie comme identifiant.',
    },
    'key-taken': {
      is: 'même identifiant qu’une autre ligne, contenu différent',
      next: 'La première des deux est reprise. Regardez laquelle est la bonne ; si c’est fréquent, l’identifiant est une autre colonne.',
    },
    'patient-unknown': {
      is: 'patient absent de la source, ou refusé',
      next: 'Rattachez la ligne à un patient, ou laissez-la de côté. Si c’est fréquent, la colonne du patient n’est pas la bonne.',
    },
    'name-missing': { is: 'patient sans nom', next: 'Donnez-lui un nom dans l’ancien logiciel, ou laissez-le de côté.' },
    'day-missing': {
      is: 'sans date lisible',
      next: 'Vérifiez comment les dates de la colonne sont écrites.',
    },
    'nothing-said': { is: 'rien d’écrit', next: 'Il n’y a rien à reprendre. Vous pouvez la laisser de côté.' },
    'does-not-fit': {
      is: 'rien qu’un dossier puisse contenir',
      next: 'Regardez la ligne telle qu’elle est : une colonne est sans doute prise pour une autre.',
    },
    'file-missing': {
      is: 'fichier absent',
      next: 'Ajoutez le fichier à ceux que vous avez envoyés, au même endroit, puis refaites l’essai.',
    },
    'file-path-wrong': {
      is: 'chemin de fichier hors de la source',
      next: 'Le chemin mène hors du dossier envoyé : placez le fichier dedans, ou corrigez le chemin.',
    },
    'practitioner-missing': {
      is: 'sans un praticien que le cabinet ait',
      next: 'Rien ne peut en être fait sans lui : dites de qui il s’agit dans les décisions.',
    },
    'not-readable': {
      is: 'illisible',
      next: 'Regardez la ligne telle qu’elle est ; demandez un nouvel export si c’est fréquent.',
    },
    'kind-unknown': {
      is: 'rien qui trouve sa place dans un dossier',
      next: 'C’est gardé tel quel. Vous pouvez le laisser de côté.',
    },
    'entered-in-error': {
      is: 'saisi par erreur, dit la source',
      next: 'Il n’y a rien à reprendre. Vous pouvez le laisser de côté.',
    },
    'meaning-changed': {
      is: 'une extension inconnue en change le sens',
      next: 'Le reprendre sans elle pourrait dire le contraire : regardez-le, et recopiez ce qui compte.',
    },
    ignored: { is: 'laissé de côté, comme décidé', next: 'Annulez la décision si vous changez d’avis.' },
    'test-patient': {
      is: 'patient d’essai',
      next: 'Il reste dehors, avec ses actes, jusqu’à ce que vous disiez qu’il existe vraiment.',
    },
    'day-wrong': { is: 'date impossible', next: 'La date reste vide. Retrouvez-la sur papier si elle compte.' },
    'day-unknown': { is: 'date de remplissage', next: 'Elle voulait dire « inconnue » : elle reste vide.' },
    'time-wrong': { is: 'heure ou durée illisible', next: 'Elle reste vide ; sans heure, un rendez-vous est refusé.' },
    'tooth-unknown': { is: 'dent inexistante', next: 'L’acte est repris sans sa dent : à préciser dans le dossier.' },
    'tooth-does-not-fit': {
      is: 'dent qui ne va pas avec l’acte',
      next: 'Tout est repris tel quel : à vérifier dans le dossier.',
    },
    'tooth-missing': { is: 'acte sans sa dent', next: 'L’acte est repris sans dent : à préciser dans le dossier.' },
    'too-many-teeth': { is: 'trop de dents pour l’acte', next: 'Tout est repris tel quel : à vérifier dans le dossier.' },
    'surface-unknown': { is: 'face inconnue', next: 'L’acte est repris sans ses faces.' },
    'sex-unknown': { is: 'sexe illisible', next: 'Dites ce que ce mot veut dire ; sinon le sexe reste non précisé.' },
    'status-unknown': {
      is: 'statut inconnu',
      next: 'Dites ce que ce mot veut dire ; sinon un acte est « fait », un rendez-vous « à venir ».',
    },
    'amount-wrong': { is: 'montant illisible', next: 'L’acte est repris sans ses honoraires.' },
    'telephone-wrong': { is: 'téléphone illisible', next: 'Il reste vide.' },
    'email-wrong': { is: 'adresse électronique illisible', next: 'Elle reste vide.' },
    'postal-code-wrong': { is: 'code postal illisible', next: 'Il reste vide.' },
    'insured-number-wrong': {
      is: 'numéro de sécurité sociale dont la clé est fausse',
      next: 'Il n’est pas repris. Demandez sa carte Vitale au patient.',
    },
    'insured-number-of-another': {
      is: 'numéro de sécurité sociale d’une autre personne',
      next: 'C’est souvent celui d’un parent. Il est repris comme numéro de l’assuré, jamais comme identité du patient.',
    },
    'type-unknown': { is: 'type inconnu', next: 'Dites ce que ce mot veut dire ; sinon il est gardé tel quel.' },
    'practitioner-unknown': {
      is: 'praticien que le cabinet n’a pas',
      next: 'Dites de qui il s’agit dans les décisions ; sinon la ligne est reprise sans praticien.',
    },
    'birth-name-assumed': {
      is: 'un seul nom, pris pour le nom de naissance',
      next: 'Le logiciel n’en donnait qu’un. À corriger quand le patient montre une pièce d’identité.',
    },
    'cut-short': {
      is: 'texte raccourci',
      next: 'La fin ne tenait pas dans le champ ; la ligne entière est gardée telle quelle.',
    },
    'quote-inside': { is: 'guillemets au milieu d’un texte', next: 'Le texte est gardé avec ses guillemets.' },
    'quote-not-closed': {
      is: 'guillemets jamais refermés',
      next: 'Regardez la ligne : du texte est peut-être passé dans une autre colonne.',
    },
    'format-differs': {
      is: 'le contenu du fichier n’est pas ce que dit son nom',
      next: 'Le fichier est gardé tel quel, octet pour octet. Il ne s’ouvrira peut-être pas.',
    },
    'file-differs': {
      is: 'fichier différent de celui que la source annonce',
      next: 'Sa taille ou son empreinte n’est pas la bonne. Il est gardé tel quel ; comparez avec l’original.',
    },
    'link-missing': { is: 'renvoie à un élément absent', next: 'Tout est repris, sans ce lien.' },
    'code-unknown': { is: 'code que la norme n’a pas', next: 'Le code est gardé tel quel.' },
    'cut-off': {
      is: 'le fichier s’arrête au milieu de la ligne',
      next: 'La fin du fichier manque sans doute : refaites l’export.',
    },
    'encoding-wrong': {
      is: 'lue dans un autre encodage que celui du fichier',
      next: 'Vérifiez ses accents dans le dossier.',
    },
    'file-number-taken': {
      is: 'numéro de dossier déjà pris',
      next: 'Un signe y est ajouté (« 124-2 »). Changez-le dans le dossier si vous préférez un autre numéro.',
    },
    'not-dicom': {
      is: 'pas une image DICOM',
      next: 'Le fichier n’est pas repris : un programme ou un texte du support, le plus souvent. Ce qui est une photo ou un PDF se reprend avec « un dossier par patient ».',
    },
    'image-in-record': {
      is: 'dans le dossier de son patient',
      next: 'Le numéro, le nom et la date de naissance sont les siens.',
    },
    'image-no-number': {
      is: 'à ranger : aucun numéro de dossier',
      next: 'Dites de qui elle est dans « Images à ranger » : Couronne y propose des patients.',
    },
    'image-unknown-number': {
      is: 'à ranger : le numéro n’est celui d’aucun dossier',
      next: 'Dites de qui elle est dans « Images à ranger » ; si les patients manquent encore, reprenez-les d’abord.',
    },
    'image-foreign-number': {
      is: 'à ranger : le numéro vient d’un autre cabinet',
      next: 'Dites de qui elle est dans « Images à ranger » : Couronne y propose des patients.',
    },
    'image-contradicted': {
      is: 'à ranger : le nom ou la date de naissance ne sont pas ceux du numéro',
      next: 'Comparez dans « Images à ranger » avant de la mettre dans un dossier.',
    },
    'image-unconfirmed': {
      is: 'à ranger : ni nom ni date de naissance ne confirment le numéro',
      next: 'Confirmez dans « Images à ranger ».',
    },
    'image-several': { is: 'à ranger : plusieurs patients peuvent convenir', next: 'Choisissez dans « Images à ranger ».' },
    'image-other-person': {
      is: 'à ranger : elle nomme quelqu’un d’autre que le patient du dossier repris',
      next: 'Comparez dans « Images à ranger » avant de la mettre dans un dossier.',
    },
    'image-unreadable': {
      is: 'à ranger : elle ne se lit pas',
      next: 'Elle est gardée telle quelle. Demandez-la de nouveau à qui a fait le support.',
    },
    'image-returned': {
      is: 'à ranger : quelqu’un avait sorti cet examen d’un dossier',
      next: 'Dites de qui elle est dans « Images à ranger ».',
    },
    'image-aside': {
      is: 'd’un examen déjà mis de côté',
      next: 'Elle rejoint les autres images de cet examen, parmi celles mises de côté.',
    },
    'image-same-uid': { is: 'même numéro qu’une autre image, contenu différent', next: 'Les deux sont gardées, et signalées.' },
    'image-unlisted': { is: 'absente de la liste du support', next: 'Elle est reprise tout de même.' },
    'image-elsewhere': {
      is: 'déjà dans le dossier d’un autre patient',
      next: 'Elle y reste. Si ce n’est pas le bon, déplacez-la depuis ce dossier.',
    },
    'changed-here-too': {
      is: 'changé dans la source, mais aussi corrigé ici',
      next: 'Ce qui a été corrigé ici reste. Comparez les deux.',
    },
  },
  notes: {
    encoding: ({ encoding }: NoteAbout) => `Écrit en ${encoding}.`,
    'two-encodings': ({ utf8Lines, otherLines, otherEncoding }: NoteAbout) =>
      `Deux encodages dans le même fichier : ${utf8Lines} lignes en UTF-8, ${otherLines} en ${otherEncoding}. Chacune est lue dans le sien.`,
    'day-format': ({ column, format }: NoteAbout) => `Dates de « ${column} » : ${format}.`,
    'day-format-unsure': ({ column, format, rival }: NoteAbout) =>
      `Dates de « ${column} » : ${format}, mais ${rival} irait aussi. Choisissez.`,
    'columns-unused': ({ columns }: NoteAbout) => `Gardé sans être repris : ${columns}.`,
    'double-encoded': ({ lines }: NoteAbout) =>
      `${lines} lignes semblent encodées deux fois (Ã© au lieu de é). Demandez un nouvel export.`,
  },
  encodings: {
    'utf-8': 'UTF-8',
    'utf-16le': 'UTF-16 (petit-boutiste)',
    'utf-16be': 'UTF-16 (gros-boutiste)',
    'windows-1252': 'Windows (windows-1252)',
    cp850: 'DOS (page de code 850)',
    macintosh: 'Ancien Macintosh',
  },
  delimiters: { ';': 'point-virgule', ',': 'virgule', '\t': 'tabulation', '|': 'barre verticale' },
  dayFormats: {
    'dd/MM/yyyy': 'jour/mois/année (24/01/1985)',
    'yyyy-MM-dd': 'année-mois-jour (1985-01-24)',
    'MM/dd/yyyy': 'mois/jour/année (01/24/1985)',
    'dd/MM/yy': 'jour/mois/année courte (24/01/85)',
    yyyyMMdd: 'sans séparateur (19850124)',
    ddMMyyyy: 'sans séparateur (24011985)',
    serial: 'nombre de jours d’un tableur (31071)',
  },
  rows: plural('fr', { one: '# ligne', other: '# lignes' }),
}

type NoteAbout = Readonly<Record<string, string | number>>
