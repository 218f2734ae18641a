/** What the application's errors mean and what to do, by code; `docs/errors-application.md` says the same. A test compares the lists. */
import type { Text } from '../language.ts'

export const APPLICATION_ADVICE: Readonly<Record<string, Text>> = {
  'break-glass-needed': {
    fr: 'Cette partie du dossier est fermée à votre rôle, ou le dossier est réservé à d’autres personnes. Si le soin l’exige maintenant, ouvrez-le en disant pourquoi : il s’ouvre pour une heure, et le titulaire en est informé.',
    en: 'This part of the record is closed to your role, or the record is limited to other people. If care needs it now, open it with a reason: it opens for an hour, and the owner is told.',
  },
  conflict: {
    fr: 'Quelqu’un l’a modifié depuis qu’il a été lu, ou cela existe déjà. Relire, puis refaire ce qui reste nécessaire. Rien n’a été écrasé.',
    en: 'Somebody else has changed it since it was read, or it is there already. Read it again, then repeat what is still needed. Nothing was overwritten.',
  },
  'copy-failed': {
    fr: 'La copie de la base faite avant une migration n’a pas pu être faite, ou ne se relit pas. Rien n’a été migré. Vérifier la place sur le disque ; avec PostgreSQL, que `pg_dump` est installé. Puis redémarrer.',
    en: 'The copy of the database that is made before a migration could not be made, or did not read back. Nothing was migrated. See whether there is room on the disk; with PostgreSQL, whether `pg_dump` is installed. Then start again.',
  },
  damaged: {
    fr: 'Ce qui est enregistré ne se relit pas comme il a été écrit : une base, la liste des clés, un document scellé. Ne plus rien modifier. Restaurer le fichier depuis une sauvegarde ; le message le nomme.',
    en: 'What is stored does not read back as it was written: a database file, the list of key slots, a sealed document. Change nothing more. Restore the file from a backup; the message names it.',
  },
  'database-unreachable': {
    fr: 'La base ne répond pas : serveur PostgreSQL arrêté, disque défaillant, ou fichier retenu par un autre programme. Rien n’a été confirmé qui ne soit enregistré. Réessayer ; si cela dure, voir le journal de la base et le disque.',
    en: 'The database does not answer: the server of PostgreSQL is down, the disk fails, or another program holds the file. Nothing was acknowledged that is not stored. Try again; if it stays so, see the database’s own log and the disk.',
  },
  'disk-full': {
    fr: 'Le disque est plein. Ce qui était demandé n’a pas été fait, et rien n’est écrit à moitié. Libérer de la place, puis recommencer.',
    en: 'The disk is full. What was asked for was not done, and nothing is half-written. Make room, then repeat.',
  },
  'document-store': {
    fr: 'Le stockage des documents scellés (S3) ne répond pas, ou refuse : réseau, identifiants, horloge, conteneur disparu. Rien n’a été confirmé qui ne soit enregistré. Réessayer ; si cela dure, voir l’adresse et les identifiants du stockage, et l’horloge de cette machine.',
    en: 'The bucket that holds the sealed documents does not answer, or refuses: network, credentials, clock, a bucket that is gone. Nothing was acknowledged that is not stored. Try again; if it stays so, see the bucket’s address and credentials, and the clock of this machine.',
  },
  'folder-in-use': {
    fr: 'Couronne tourne déjà avec ce dossier de données. Utiliser celle qui tourne, ou l’arrêter d’abord.',
    en: 'Couronne is running with this data folder already. Use the one that runs, or stop it first.',
  },
  'idempotency-mismatch': {
    fr: 'Un programme a employé la même `Idempotency-Key` pour deux demandes différentes. Employer une nouvelle clé pour chaque nouvelle demande.',
    en: 'A program has used the same `Idempotency-Key` for two different requests. Use a new key for each new request.',
  },
  'import-source': {
    fr: 'La source ne va pas avec le profil, ou ne se lit pas ; le message dit où. Rien de ce qui suit n’a été repris. Corriger le profil (« couronne import --propose » en fait une ébauche), ou demander un nouvel export, puis recommencer avec --dry-run.',
    en: 'The source does not fit the profile, or cannot be read; the message says where. Nothing of what follows was taken over. Mend the profile (“couronne import --propose” drafts one), or ask for a new export, then begin again with --dry-run.',
  },
  'invalid-input': {
    fr: 'Ce qui a été envoyé ne tient pas ; les champs en cause sont nommés, avec ce qui ne va pas. Corriger ces champs. Rien n’a été enregistré.',
    en: 'What was sent does not hold together; the fields at fault are named, with what is wrong. Correct these fields. Nothing was stored.',
  },
  'job-given-up': {
    fr: 'Un travail de fond a été commencé vingt fois sans arriver à son terme. Chercher dans le journal du serveur pourquoi il s’arrête, la mémoire d’abord, puis relancer le travail : ce qui est fait est gardé.',
    en: 'A piece of work in the background was begun twenty times without coming to its end. See in the server’s log why it stops, memory first, then begin the work again: what was done is kept.',
  },
  'newer-database': {
    fr: 'Une version plus récente de Couronne a écrit la base ; celle-ci ne la comprendrait pas. Rien n’a été modifié. Démarrer la version plus récente. Pour revenir à celle-ci, restaurer la copie de la base faite avant la migration (`copies/` dans le dossier du cabinet).',
    en: 'A later version of Couronne has written the database; this one would not understand it. Nothing was changed. Start the later version. To go back to this one, restore the copy of the database that was made before the migration (`copies/` in the practice’s folder).',
  },
  'not-allowed': {
    fr: 'Le rôle de ce compte ne le permet pas, ou la création du cabinet est demandée depuis un autre poste sans le code affiché dans le terminal. Demander à un titulaire du cabinet.',
    en: 'The role of this account does not allow it, or set-up was asked for from another machine without the code that stands in the terminal. Ask an owner of the practice.',
  },
  'not-found': {
    fr: 'Cela n’existe pas, ou plus, ou appartient à un autre cabinet. Le chercher de nouveau. Si la base ou la liste des clés sont nommées : les remettre depuis une sauvegarde.',
    en: 'It is not there, or not any more, or it is another practice’s. Look for it again. When the database or the key slots are named: put them back from a backup.',
  },
  'not-signed-in': {
    fr: 'Personne n’est connecté, ou la session est terminée. Se connecter.',
    en: 'Nobody is signed in, or the session has ended. Sign in.',
  },
  'oidc-unavailable': {
    fr: 'Le fournisseur de connexion du cabinet ne répond pas, ou pas comme il devrait. Se connecter par mot de passe ou clé d’accès ; prévenir le prestataire si cela dure.',
    en: 'The practice’s sign-in provider does not answer, or not as it should. Sign in by password or passkey; tell the IT provider when it lasts.',
  },
  'other-origin': {
    fr: 'La demande vient de la page d’un autre site, ou sous un nom qui n’est pas celui de ce serveur. Ouvrir Couronne à l’adresse affichée au démarrage ; ajouter d’autres noms avec `--name`.',
    en: 'The request comes from the page of another site, or under a name that is not this server’s. Open Couronne under the address that it prints when it starts; add further names with `--name`.',
  },
  'proof-needed': {
    fr: 'Ce changement demande une preuve récente de votre identité. Redonner le mot de passe ou la clé d’accès.',
    en: 'This change needs a recent proof of who is there. Give the password or passkey once more.',
  },
  sealed: {
    fr: 'Le cabinet est fermé à clé depuis le démarrage de ce serveur. L’ouvrir avec la phrase de passe ou le kit de secours.',
    en: 'The practice is locked since this server was started. Open it with the passphrase or the recovery kit.',
  },
  'second-factor-due': {
    fr: 'Ce compte devrait déjà avoir un second facteur. En ajouter un dans « Mon compte ».',
    en: 'This account must have a second factor by now. Add one under “My account”.',
  },
  'session-locked': {
    fr: 'L’écran est verrouillé après quelques minutes sans personne. Le déverrouiller par mot de passe ou clé d’accès ; rien de ce qui était saisi n’est perdu.',
    en: 'The screen is locked after some minutes without anybody. Unlock it with the password or passkey; nothing that was typed is lost.',
  },
  'sign-in-refused': {
    fr: 'L’identifiant, le mot de passe ou le second facteur ne convient pas. Lequel n’est pas dit. Réessayer ; un titulaire peut envoyer une nouvelle invitation.',
    en: 'The login, the password or the second factor is not right. Which of them is not said. Try again; an owner can send a new invitation.',
  },
  'source-lost': {
    fr: 'La base d’où viennent les données a disparu en cours de route. Ce qui a été repris reste. Vérifier que le serveur répond, puis relancer la même commande : elle continue, sans rien doubler.',
    en: 'The database that is being imported from is gone in the middle. What was taken over stays. See that its server answers, then give the same command again: it goes on, and doubles nothing.',
  },
  stopping: {
    fr: 'Couronne s’arrête ; ce qui était demandé n’a pas été fait. La redémarrer, puis recommencer.',
    en: 'Couronne is being stopped; what was asked for was not done. Start it again, then repeat.',
  },
  'too-many-attempts': {
    fr: 'Des clés ou des mots de passe sont essayés trop vite. Aucun compte n’est bloqué. Attendre le temps indiqué.',
    en: 'Keys or passwords are being tried too fast. Nobody’s account is locked. Wait as long as the message says.',
  },
  'wrong-key': {
    fr: 'La clé, la phrase de passe ou le kit n’ouvre pas les données de ce cabinet, ou la première page de la base est abîmée. Vérifier majuscules et ordre des mots. Si la même clé l’ouvrait hier, restaurer la base depuis une sauvegarde.',
    en: 'The key, passphrase or recovery kit does not open this practice’s data, or the first page of the database is damaged. Check capitals and the order of words. If the same key opened it yesterday, restore the database from a backup.',
  },
}
