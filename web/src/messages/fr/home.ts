export const home = {
  title: (name: string) => `Bonjour, ${name}`,
  lead: {
    owner: 'Vous êtes titulaire : tout le cabinet vous est ouvert.',
    practitioner: 'Vous soignez : les dossiers de vos patients vous sont ouverts.',
    assistant: 'Vous tenez l’accueil et les documents du cabinet.',
    'it-provider': 'Vous entretenez l’installation. Aucun dossier de patient ne vous est montré.',
    'data-protection-officer': 'Vous vérifiez qui consulte quoi, et pourquoi.',
    auditor: 'Vous lisez le journal et les réglages, sans rien modifier.',
  },
  roomsTitle: 'Où aller',
  rooms: {
    home: 'Cette page.',
    patients: 'Trouver un patient, ouvrir son dossier.',
    agenda: 'Les rendez-vous du jour et de la semaine.',
    images: 'Les radiographies reçues sans patient sûr.',
    completeness: 'Les règles, la liste, la courbe.',
    imports: 'Reprendre les dossiers d’un autre logiciel.',
    people: 'Qui a un compte ici, dans quel rôle.',
    journal: 'Qui a fait quoi, quand, d’où.',
    settings: 'Le nom du cabinet, et ce qui ouvre ses données.',
  },
  noBackupYet:
    'Couronne ne sauvegarde encore rien d’elle-même. Mettez son dossier de données à l’abri par « couronne vault » : le guide dit comment.',
  firstTitle: 'Pour commencer',
  first: { practitioner: 'Dire qui soigne ici', invite: 'Inviter les autres personnes du cabinet' },
  firstWhy: {
    practitioner: 'Actes et rendez-vous se notent au nom d’un praticien : commencez par vous.',
    invite: 'Chacun son compte : le journal dit alors qui a fait quoi.',
  },
  patientsTitle: 'À faire dans les dossiers',
  dueTitle: 'À faire par vous',
  due: {
    'second-factor': 'Protéger votre compte par un second facteur',
    'recovery-codes': 'Imprimer vos codes de secours',
  },
  dueWhy: {
    'second-factor': 'Un mot de passe volé ne suffira plus à entrer.',
    'recovery-codes': 'Pour entrer encore le jour où le téléphone est perdu.',
  },
  dueBy: (day: string) => `À faire avant le ${day}.`,
}
