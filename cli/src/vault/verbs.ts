/** The verbs of `couronne vault`, each in a file of its own that is loaded when it is asked for. */
import type { Verb } from './verb.ts'

type Load = () => Promise<Verb>

/** A verb knows the type of its own options; the table need not. */
const verb =
  (load: () => Promise<{ readonly verb: Verb<never> }>): Load =>
  async () =>
    (await load()).verb as Verb

export const VERBS: Readonly<Record<string, Load>> = {
  backup: verb(() => import('./backup.ts')),
  init: verb(() => import('./init.ts')),
}
