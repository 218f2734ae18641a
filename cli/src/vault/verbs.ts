/** The verbs of `couronne vault`, each in a file of its own that is loaded when it is asked for. */
import type { Text } from '../language.ts'
import type { Verb } from './verb.ts'

type Load = () => Promise<Verb>

/** A verb knows the type of its own options; the table need not. */
const verb =
  (load: () => Promise<{ readonly verb: Verb<never> }>): Load =>
  async () =>
    (await load()).verb as Verb

export const VERBS: Readonly<Record<string, Load>> = {
  init: verb(() => import('./init.ts')),
  backup: verb(() => import('./backup.ts')),
  snapshots: verb(() => import('./snapshots.ts')),
  ls: verb(() => import('./ls.ts')),
  find: verb(() => import('./find.ts')),
  diff: verb(() => import('./diff.ts')),
  dump: verb(() => import('./dump.ts')),
  cat: verb(() => import('./cat.ts')),
  list: verb(() => import('./list.ts')),
  stats: verb(() => import('./stats.ts')),
  check: verb(() => import('./check.ts')),
  forget: verb(() => import('./forget.ts')),
  prune: verb(() => import('./prune.ts')),
  copy: verb(() => import('./copy.ts')),
  rewrite: verb(() => import('./rewrite.ts')),
  tag: verb(() => import('./tag.ts')),
  key: verb(() => import('./key.ts')),
  unlock: verb(() => import('./unlock.ts')),
  migrate: verb(() => import('./migrate.ts')),
  restore: verb(() => import('./restore.ts')),
  heal: verb(() => import('./heal.ts')),
  repair: verb(() => import('./repair.ts')),
  recover: verb(() => import('./recover.ts')),
  mirror: verb(() => import('./mirror.ts')),
  retention: verb(() => import('./retention.ts')),
  serve: verb(() => import('./serve.ts')),
  version: verb(() => import('./version.ts')),
}

/** In which order, and under which titles, people are shown them. */
export const GROUPS: readonly { readonly title: Text; readonly verbs: readonly string[] }[] = [
  {
    title: { fr: 'Au quotidien', en: 'Every day' },
    verbs: ['init', 'backup', 'snapshots', 'check', 'ls', 'find', 'diff', 'restore', 'dump', 'stats'],
  },
  { title: { fr: 'Plusieurs copies', en: 'Several mirrors' }, verbs: ['mirror', 'heal', 'copy', 'retention', 'serve'] },
  {
    title: { fr: 'Mots de passe et ménage', en: 'Passwords and housekeeping' },
    verbs: ['key', 'forget', 'prune', 'tag', 'rewrite'],
  },
  {
    title: { fr: 'Quand quelque chose ne va pas', en: 'When something is wrong' },
    verbs: ['unlock', 'repair', 'recover', 'migrate', 'cat', 'list', 'version'],
  },
]

/** Verbs of restic that are not here, and what there is instead. */
export const NOT_OURS: Readonly<Record<string, Text>> = {
  mount: {
    fr: 'couronne n’a pas « mount ». « ls », « find » et « dump » regardent dans un instantané ; « restore --include » en sort une partie ; restic sait le monter',
    en: 'couronne has no “mount”. “ls”, “find” and “dump” look into a snapshot; “restore --include” takes a part out; restic can mount it',
  },
  cache: {
    fr: 'couronne n’a pas « cache » : le dossier peut être effacé à tout moment ; --cleanup-cache retire ce qui n’a pas servi depuis un mois',
    en: 'couronne has no “cache”: the folder may be deleted at any time; --cleanup-cache removes what was not used for a month',
  },
  'self-update': {
    fr: 'couronne n’a pas « self-update » : une nouvelle version s’installe avec git et npm',
    en: 'couronne has no “self-update”: a new version is installed with git and npm',
  },
  generate: {
    fr: 'couronne n’a pas « generate » : ni pages de manuel, ni complétion ; « VERBE --help » dit tout',
    en: 'couronne has no “generate”: no manual pages, no completion; “VERB --help” says everything',
  },
  features: {
    fr: 'couronne n’a pas « features » : il n’y a rien à activer',
    en: 'couronne has no “features”: there is nothing to switch on',
  },
  options: {
    fr: 'couronne n’a pas « options » : « couronne vault backup --help » nomme celles de -o',
    en: 'couronne has no “options”: “couronne vault backup --help” names those of -o',
  },
  'rebuild-index': {
    fr: '« rebuild-index » s’appelle « repair index »',
    en: '“rebuild-index” is called “repair index”',
  },
}
