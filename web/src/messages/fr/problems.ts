/** A sentence for each code of an answer: what happened, what to do. */
export const problems = {
  offline: 'Couronne ne répond pas. Rien n’est perdu ; réessayez dans un instant.',
  unexpected: 'Quelque chose d’inattendu est arrivé. Réessayez ; si cela dure, prévenez votre prestataire.',
  internal: 'Une erreur est survenue dans Couronne. Elle est notée dans son fichier de suivi ; prévenez votre prestataire.',
  'invalid-input': 'Une réponse ne convient pas.',
  'not-signed-in': 'Votre session est terminée. Connectez-vous de nouveau.',
  'sign-in-refused': 'L’identifiant ou le mot de passe ne convient pas.',
  'second-factor-due': 'Votre compte doit d’abord avoir un second facteur : voir « Mon compte ».',
  'not-allowed': 'Votre rôle ne permet pas cela.',
  'other-origin': 'Cette page n’est pas ouverte sous une adresse que Couronne connaît.',
  'break-glass-needed': 'Ce dossier est fermé à votre rôle. Il faut une raison pour l’ouvrir.',
  'proof-needed': 'Ce changement demande de prouver que c’est vous.',
  'not-found': 'Cela n’existe pas, ou plus.',
  conflict: 'Quelqu’un l’a changé entre-temps, ou cela existe déjà. Relisez, puis recommencez.',
  'too-large': 'C’est trop volumineux.',
  'idempotency-mismatch': 'Cette demande a déjà été faite autrement. Rechargez la page.',
  'session-locked': 'L’écran est verrouillé.',
  'too-many-attempts': 'Trop d’essais. Votre compte n’est pas bloqué : attendez un peu.',
  'wrong-key': 'Cela n’ouvre pas les données du cabinet. Vérifiez les majuscules et l’ordre des mots.',
  damaged: 'Des données ne se relisent pas comme elles ont été écrites. Rien n’a été modifié ; il faut restaurer une copie.',
  'newer-database': 'Une version plus récente de Couronne a écrit la base. Rien n’a été modifié ; démarrez cette version.',
  stopping: 'Couronne s’arrête. Rien n’est fait à moitié ; recommencez quand elle sera de retour.',
  sealed: 'Le cabinet est fermé à clé. Il faut l’ouvrir d’abord.',
  'disk-full': 'Le disque est plein. Rien n’a été fait à moitié ; libérez de la place, puis recommencez.',
  'oidc-unavailable':
    'Le fournisseur de connexion ne répond pas comme il le devrait. Rien n’a changé ici : vérifiez son adresse et l’accès à Internet.',
  'import-source':
    'La source ne va pas avec le profil, ou ne se lit pas. Rien n’en a été repris ; corrigez le profil, ou demandez un nouvel export.',
  'job-given-up':
    'Un travail a été recommencé sans cesse sans arriver à son terme. Prévenez votre prestataire : le journal du serveur dit pourquoi il s’arrête.',
  'source-lost':
    'La base d’où viennent les données a disparu en cours de route. Ce qui a été repris reste ; recommencez quand elle répondra.',
  'document-store':
    'L’endroit où sont les documents ne répond pas. Rien n’a été perdu ; réessayez, et prévenez votre prestataire si cela dure.',
  'database-unreachable': 'La base de données ne répond pas. Rien n’a été enregistré ; réessayez dans un instant.',
  'passkey-unused': 'Aucune clé d’accès n’a répondu.',
  'passkey-known': 'Cette clé d’accès est déjà enregistrée.',
}

/** A sentence for each word by which the server says what is wrong with a field. */
export const fieldProblems = {
  other: 'Cette réponse ne convient pas.',
  too_small: 'C’est trop court.',
  too_big: 'C’est trop long.',
  invalid_format: 'La forme n’est pas celle attendue.',
  invalid_type: 'Cette réponse manque.',
  'recovery-words': 'Un mot a été mal lu, ou deux mots ont été échangés.',
  'too-common': 'Ce mot de passe est parmi les plus répandus : il serait deviné.',
  'too-like-a-name': 'Ce mot de passe ressemble trop à un nom d’ici.',
  'one-character-repeated': 'Ce mot de passe répète un seul caractère.',
  'wrong-code': 'Ce code ne convient pas. Attendez le suivant.',
  same: 'C’est le même mot de passe qu’avant.',
  address: 'Cette adresse ne convient pas.',
  unknown: 'Ce choix n’existe plus.',
  dates: 'Ces dates en recouvrent d’autres, ou sont dans le désordre.',
  rpps: 'Ce numéro RPPS n’existe pas : vérifiez les 11 chiffres.',
  'too-many': 'Il y en a trop. Retirez-en un d’abord.',
  reason: 'Dites pourquoi en une phrase.',
}
