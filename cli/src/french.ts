/**
 * What the vault refuses, in French: its own messages are English, since programs read them too. A test holds this list against the
 * vault's sources: no refusal without its French, no French without its refusal.
 */

/** Each `{}` stands for what the message names, in the same order in both languages. */
export const CATALOGUE: readonly (readonly [english: string, french: string])[] = [
  // What was asked cannot be.
  ['exclude-if-present: expected the name of a file, found none', 'exclude-if-present : il manque le nom d’un fichier'],
  ['expected a size such as 512, 100k or 2G, found "{}"', 'une taille s’écrit 512, 100k ou 2G, pas « {} »'],
  ['expected a size below 8 PiB, found "{}"', 'une taille reste sous 8 Pio, pas « {} »'],
  [
    'files-from-raw: the last name is not ended by a zero byte',
    'files-from-raw : le dernier nom ne se termine pas par un octet nul',
  ],
  ['files-from-raw: found an empty name', 'files-from-raw : un nom est vide'],
  ['malformed pattern: {}', 'motif mal formé : {}'],
  ['include and exclude patterns cannot be combined', 'on inclut ou on exclut, pas les deux'],
  ['the target {} is given twice', '{} est donné deux fois'],
  ['nothing to back up: no target given', 'rien à sauvegarder : aucun dossier n’est donné'],
  ['nothing to back up: no target exists', 'rien à sauvegarder : aucun de ces dossiers n’existe'],
  ['an empty password is no password', 'un mot de passe vide ne protège rien'],
  ['a repository has an ID of 64 hex characters', 'l’identifiant d’un dépôt a 64 caractères hexadécimaux'],
  ['there is a mirror named {} already', 'une copie s’appelle déjà {}'],
  ['packs have 4 to 128 MiB, not {}', 'un paquet a de 4 à 128 Mio, pas {}'],
  ['{}: holds another repository ({})', '{} : contient un autre dépôt ({})'],
  ['{}: {} snapshots begin so; give more characters', '{} : {} instantanés commencent ainsi ; donnez plus de caractères'],
  ['there is no home folder: set COURONNE_STATE_DIR', 'il n’y a pas de dossier personnel : donnez COURONNE_STATE_DIR'],
  [
    "{}: an object's name has 64 hex characters, this one has {} characters",
    '{} : le nom d’un objet a 64 caractères hexadécimaux, celui-ci en a {}',
  ],
  ['not a range of bytes: {}', '{} n’est pas une étendue d’octets'],
  ['{}: cannot be the name of a file', '{} : ne peut pas être le nom d’un fichier'],
  ['{}/{}: there is no such object', '{}/{} : cet objet n’existe pas'],
  ['{}/{}: {} objects begin so; give more characters', '{}/{} : {} objets commencent ainsi ; donnez plus de caractères'],
  ['{}: expected the whole ID of a blob', '{} : il faut l’identifiant entier du morceau'],
  [
    '{}: leads to the same place as {}, which would be no second copy',
    '{} : mène au même endroit que {}, ce ne serait pas une deuxième copie',
  ],
  ['{}: is a mirror already, by another address', '{} : c’est déjà une copie, sous une autre adresse'],
  ['{}: is the mirror {} by another address', '{} : c’est la copie {}, sous une autre adresse'],
  [
    '{} would be given up, and was not when it was planned: plan again',
    '{} serait abandonné, et ne l’était pas dans ce qui était prévu : recommencez',
  ],
  [
    'index/{} cannot be read, so what is lost is not known: repair the index first',
    'index/{} ne se lit pas, on ne sait donc pas ce qui est perdu : réparez d’abord l’index',
  ],
  ['there is no other mirror to catch up with', 'il n’y a pas d’autre copie à rattraper'],
  ['{}/{} is no group of packs: expected n/m with 1 ≤ n ≤ m ≤ {}', '{}/{} n’est pas une part : n/m, avec 1 ≤ n ≤ m ≤ {}'],
  ['{} blob {}: {} bytes, and at most {} are ever read', '{}, morceau {} : {} octets, et on n’en lit jamais plus de {}'],
  ['the blob claims {} bytes, at most {} are read', 'le morceau prétend à {} octets, on en lit au plus {}'],
  ['a share of packs is above 0 % and at most 100 %', 'une part va de plus de 0 % à 100 %'],
  ['the number of bytes to read must be above 0', 'le nombre d’octets à relire doit dépasser 0'],
  ['{} is a {}: only files and folders can be dumped', '{} est de type {} : seuls fichiers et dossiers s’extraient'],
  [
    'a filter and explicit snapshot IDs exclude each other',
    'on choisit par filtre (--host, --tag, --path) ou par identifiants, pas les deux',
  ],
  ['{}: expected an ID, or at least its first four characters', '{} : il faut un identifiant, ou ses quatre premiers caractères'],
  ['expected a pattern to look for', 'il manque le motif à chercher'],
  ['{}: a pattern to look for cannot begin with !', '{} : un motif à chercher ne commence pas par !'],
  ['{}: there is no such pack', '{} : ce paquet n’existe pas'],
  ['keep {}: {} is no count; -1 keeps all', 'keep {} : {} n’est pas un nombre ; -1 garde tout'],
  ['keep {}: a duration cannot be negative', 'keep {} : une durée n’est pas négative'],
  ['{}: expected a count, -1 or unlimited', '{} : il faut un nombre, -1 ou unlimited'],
  ['{}: expected a duration such as 1y5m7d2h', '{} : une durée s’écrit 1y5m7d2h (ans, mois, jours, heures)'],
  ['{}: snapshots are grouped by host, paths or tags', '{} : les instantanés se groupent par host, paths ou tags'],
  [
    'no policy was given, so no snapshot would be removed',
    'rien ne dit quoi garder (--keep-daily…) : aucun instantané ne serait retiré',
  ],
  ['{}: there is no such key', '{} : cette clé n’existe pas'],
  ['{}: {} keys begin so; give more characters', '{} : {} clés commencent ainsi ; donnez plus de caractères'],
  ['{}: is no current mirror of this repository', '{} : n’est pas une copie à jour de ce dépôt'],
  ['{}: expected an absolute path, beginning with /', '{} : il faut un chemin qui commence par /'],
  ['the repository has format version 2 already', 'le dépôt a déjà le format 2'],
  ['a mirror needs a name', 'il manque le nom de la copie'],
  ['there is no mirror named {}', 'aucune copie ne s’appelle {}'],
  ['{}: holds another repository', '{} : contient un autre dépôt'],
  [
    '{}: has format version {}; migrate all mirrors together, each named by -r',
    '{} : est au format {} ; lancez migrate sur toutes les copies ensemble, chacune nommée par -r',
  ],
  ['belongs to another repository', 'appartient à un autre dépôt'],
  ['has another chunker polynomial', 'découpe les fichiers autrement (autre polynôme)'],
  ['{}: the unused share must be below 100%', '{} : la part inutilisée doit rester sous 100 %'],
  ['{} is no folder', '{} n’est pas un dossier'],
  ['{} is not in the snapshot', '{} n’est pas dans l’instantané'],
  ['{} has no content in the snapshot', '{} n’a pas de contenu dans l’instantané'],
  ['expected a folder to restore into', 'il manque le dossier où restaurer (--target)'],
  [
    'deleting in / what the snapshot does not have needs patterns that say where',
    '--delete dans / demande des motifs (--include) qui disent où',
  ],
  ['a dry run writes nothing that could be verified', 'un essai (--dry-run) n’écrit rien qui puisse être relu'],
  ['attributes are included or excluded, not both', 'on inclut ou on exclut des attributs, pas les deux'],
  [
    'no destination of this repository can hold objects against deletion',
    'aucune destination de ce dépôt ne sait retenir des objets contre l’effacement',
  ],
  ['nothing to exclude, no other host and no other time', 'rien à exclure, et ni autre machine ni autre date'],
  ['no tags to set, add or remove', 'aucune étiquette à mettre, ajouter ou retirer'],
  ['a repository needs at least one destination', 'un dépôt a au moins une destination'],
  // What would lose or expose something.
  [
    'what would be given up may still be on {}: plug it in and let it catch up, or remove that mirror first',
    'ce qui serait abandonné est peut-être encore sur {} : branchez cette copie et laissez-la rattraper, ou retirez-la d’abord (mirror remove)',
  ],
  ['the name "{}" is not safe to restore', 'le nom « {} » pourrait mener hors du dossier : il n’est pas restauré'],
  ['{}: a folder with content is where something else belongs', '{} : un dossier plein est à la place d’autre chose'],
  [
    'keys/{}: this key opened the repository just now; open with another one to remove it',
    'keys/{} : c’est la clé en usage ; ouvrez avec une autre pour la retirer',
  ],
  ['blob {}: says that it is larger than {} bytes', 'morceau {} : se dit plus grand que {} octets'],
  [
    'the master key opens everything, for ever: it is shown only when asked for',
    'la clé maîtresse ouvre tout, pour toujours : elle ne s’affiche qu’avec --reveal',
  ],
  [
    'these are all the snapshots that there are: with --unsafe-allow-remove-all they go',
    'ce sont tous les instantanés qui existent : ils ne partent qu’avec --unsafe-allow-remove-all',
  ],
  [
    'all snapshots go only with a filter that says which',
    'tout retirer demande un filtre (--host, --tag, --path) qui dise lesquels',
  ],
  ['the policy would remove the last snapshot of the group {}', 'cette règle retirerait le dernier instantané du groupe {}'],
  [
    'keys/{}: the last key of {}; without it nobody can open it any more',
    'keys/{} : dernière clé de {} ; sans elle personne ne l’ouvre plus',
  ],
  ['{} is behind: all mirrors are migrated together', '{} est en retard : toutes les copies changent ensemble'],
  ['this plan was not made by planPrune in this process: plan again', 'ce plan vient d’ailleurs : recommencez'],
  [
    '{}: holds {} of {} objects in {}/; let it catch up first',
    '{} : a {} objets sur {} dans {}/ ; qu’elle rattrape d’abord (mirror sync)',
  ],
  [
    'snapshots/{} cannot be read, so what it needs is not known: {}',
    'snapshots/{} est illisible, on ne sait donc pas ce dont il a besoin : {}',
  ],
  [
    'index/{} cannot be read, so what the packs hold is not known: repair the index first',
    'index/{} est illisible, on ne sait donc pas ce que contiennent les paquets : d’abord repair index',
  ],
  ['a tree that a snapshot needs cannot be read: {}', 'un dossier dont un instantané a besoin est illisible : {}'],
  [
    '{} blob(s) that snapshots need are in no index, {} {} for one: repair the index first',
    '{} morceaux nécessaires ne sont dans aucun index, dont {} {} : d’abord repair index',
  ],
  [
    'snapshots need packs that are not sound: {}; repair or heal first',
    'des instantanés ont besoin de paquets abîmés : {} ; d’abord heal, ou repair',
  ],
  ['an instant prune needs the exclusive lock', 'un ménage immédiat demande le verrou exclusif'],
  ['a prune needs a lock that keeps out other prunes', 'un ménage demande un verrou qui exclut les autres'],
  ['snapshots/{} was to be forgotten first and is still there', 'snapshots/{} devait d’abord être oublié et est encore là'],
  [
    'the repository has changed since the plan was made: plan again',
    'le dépôt a changé depuis que le ménage a été prévu : recommencez',
  ],
  [
    'snapshots/{} was not there when the plan was made: plan again',
    'snapshots/{} n’était pas là quand le ménage a été prévu : recommencez',
  ],
  ['an index cannot be read, so what is needed is not known', 'un index est illisible : on ne sait pas ce qui sert encore'],
  [
    '{} blob(s) that snapshots need are in no index: repair it first',
    '{} morceaux nécessaires ne sont dans aucun index : d’abord repair index',
  ],
  ['the folder {} cannot be written again without losing something', 'le dossier {} ne peut pas être réécrit sans rien perdre'],
  ['the folder {} has no content: repair the snapshot first', 'le dossier {} n’a pas de contenu : d’abord repair snapshots'],
  ['the snapshot lists more than {} entries: no more are read', 'l’instantané liste plus de {} entrées : la suite n’est pas lue'],
  ['larger than {} bytes', 'plus grand que {} octets'],
  // The REST destination.
  ['an account is named by 1 to 63 of a-z 0-9 _ -, not {}', 'un compte se nomme avec 1 à 63 de a-z 0-9 _ -, pas {}'],
  ['writer and owner need different passwords', 'qui écrit et qui possède ont des mots de passe différents'],
  ['account {}: there is one already', 'compte {} : il existe déjà'],
  [
    'account {} existed and was removed: its repository may still lie in its folder',
    'le compte {} a existé et a été retiré : son dépôt est peut-être encore dans son dossier',
  ],
  ['{}: expected accounts of version 1, found {}', '{} : des comptes de version 1 étaient attendus, pas {}'],
  ['{}: expected a list "accounts"', '{} : il manque la liste « accounts »'],
  ['{}: two accounts have the same name', '{} : deux comptes ont le même nom'],
  ['{}: others can read the accounts (mode {}); make it 600', '{} : d’autres peuvent lire les comptes (mode {}) ; mettez 600'],
  ['{}: expected JSON', '{} : ce n’est pas du JSON'],
  ['{}: expected an object', '{} : ce n’est pas un objet JSON'],
  ['{}: "name" is no account name', '{} : « name » n’est pas un nom de compte'],
  ['{}: "quotaBytes" is no whole number of bytes', '{} : « quotaBytes » n’est pas un nombre entier d’octets'],
  ['{}: "ownerMayDelete" is neither true nor false', '{} : « ownerMayDelete » n’est ni true ni false'],
  ['{}: "addedAt" is no instant', '{} : « addedAt » n’est pas un instant'],
  ['a quota is a whole number of bytes, not {}', 'un quota est un nombre entier d’octets, pas {}'],
  ['account {}: there is none of that name', 'compte {} : il n’y en a pas de ce nom'],
  ['{} cannot be the name of an account', '{} ne peut pas être le nom d’un compte'],
  ['a password needs {} to 1024 characters, this one has {}', 'un mot de passe a de {} à 1024 caractères, celui-ci en a {}'],
  ['a password cannot hold control characters', 'un mot de passe n’a pas de caractères de contrôle'],
  ['a password hash cannot be understood', 'une empreinte de mot de passe est incompréhensible'],
  ['a password hash is cut short', 'une empreinte de mot de passe est tronquée'],
  ['this server has no TLS: there is no certificate to renew', 'ce serveur n’a pas de TLS : aucun certificat à renouveler'],
  ['cannot listen: {}', 'impossible d’écouter : {}'],
  [
    '{}: without TLS passwords would travel in clear; give key and certificate, or listen on 127.0.0.1',
    '{} : sans TLS les mots de passe passeraient en clair ; donnez clé et certificat, ou écoutez sur 127.0.0.1',
  ],
  ['key and certificate cannot be used: {}', 'clé et certificat inutilisables : {}'],
]

/** The French of a refusal, with what it names put in; `undefined` when the list has none. */
export function inFrench(message: string): string | undefined {
  for (const [english, french] of CATALOGUE) {
    const match = patternOf(english).exec(message)
    if (match === null) continue
    const named = match.values().drop(1)
    return french.replaceAll('{}', () => named.next().value ?? '')
  }
  return undefined
}

function patternOf(english: string): RegExp {
  return new RegExp(`^${english.split('{}').map(RegExp.escape).join('(.*)')}$`, 's')
}
