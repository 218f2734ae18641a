/** The verbs of `couronne vault`, each in a file of its own that is loaded when it is asked for. */
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
  serve: verb(() => import('./serve.ts')),
  version: verb(() => import('./version.ts')),
}
