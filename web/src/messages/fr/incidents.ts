export const incidents = {
  title: 'On nous attaque : que faire maintenant',
  lead: 'Un message de rançon, des fichiers qui changent de nom, un poste qui agit tout seul. Dans cet ordre, sans attendre d’être sûr :',
  steps: [
    { what: 'Lâchez le clavier, photographiez l’écran', how: 'Avec votre téléphone. Ne répondez pas au message, ne payez rien.' },
    {
      what: 'Débranchez le réseau de ce poste',
      how: 'Retirez le câble réseau ; coupez le Wi-Fi. Si deux postes sont touchés, débranchez la box.',
    },
    {
      what: 'N’éteignez pas les ordinateurs',
      how: 'Leur mémoire contient des preuves, et parfois la clé. Laissez-les allumés, sans réseau.',
    },
    { what: 'Débranchez les disques de sauvegarde', how: 'Disques USB, et le câble réseau du serveur de fichiers (NAS).' },
    {
      what: 'Prévenez l’équipe de vive voix',
      how: 'Plus personne n’ouvre de session. On se parle de vive voix ou au téléphone portable : l’attaquant lit peut-être les courriels.',
    },
    {
      what: 'Notez l’heure',
      how: 'Celle où vous avez compris. Des délais légaux partent de là. Puis écrivez tout ce qui est fait, avec l’heure.',
    },
  ],
  callTitle: 'Qui appeler',
  callLead: 'Depuis un téléphone portable, dans cet ordre.',
  numbers: [
    {
      who: 'Votre prestataire informatique',
      number: 'Son numéro est sur votre fiche papier',
      tel: '',
      why: 'Il isole les machines, sans rien réinstaller encore.',
    },
    {
      who: 'Police ou gendarmerie',
      number: '17',
      tel: '17',
      why: 'Et 17Cyber.gouv.fr : un policier ou un gendarme répond par écrit, jour et nuit.',
    },
    {
      who: 'CERT Santé',
      number: '09 72 43 91 25',
      tel: '+33972439125',
      why: 'Aide aux structures de santé attaquées, jour et nuit. Vérifiez ce numéro sur esante.gouv.fr tant que tout va bien.',
    },
    {
      who: 'Votre assureur',
      number: 'Ligne d’assistance de votre contrat',
      tel: '',
      why: 'Plainte à déposer dans les 72 heures pour être remboursé (article L12-10-1 du code des assurances).',
    },
  ],
  neverTitle: 'À ne pas faire',
  nevers: [
    'Payer, ou écrire à l’attaquant.',
    'Redémarrer, nettoyer, réinstaller : les preuves disparaîtraient.',
    'Rebrancher une sauvegarde pour « voir si elle marche » : elle serait attaquée à son tour.',
  ],
  laterTitle: 'Ensuite, dans les 72 heures',
  laters: [
    'Terminez les soins en cours sur papier. Pas d’anesthésie sans questionnaire médical rempli à la main.',
    'Déposez plainte, avec les photos et vos notes.',
    'Notifiez la CNIL dans les 72 heures, même sans tout savoir : l’information se complète ensuite.',
    'Depuis un appareil sain, changez les mots de passe : messagerie, banque, prise de rendez-vous.',
  ],
  print: 'Imprimer cette page',
}
