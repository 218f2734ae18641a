/** The catalogue in French, which decides what there is to say. Ordinary spaces: `typeset.ts` makes them unbreakable where they must be. */
import { completeness } from './fr/completeness.ts'
import { duplicates } from './fr/duplicates.ts'
import { forms } from './fr/forms.ts'
import { home } from './fr/home.ts'
import { images } from './fr/images.ts'
import { imports } from './fr/imports.ts'
import { incidents } from './fr/incidents.ts'
import { installation } from './fr/installation.ts'
import { journal } from './fr/journal.ts'
import { patients } from './fr/patients.ts'
import { people } from './fr/people.ts'
import { fieldProblems, problems } from './fr/problems.ts'
import { provider } from './fr/provider.ts'
import { session } from './fr/session.ts'
import { shell } from './fr/shell.ts'

export const fr = {
  completeness,
  duplicates,
  fieldProblems,
  forms,
  home,
  images,
  imports,
  incidents,
  installation,
  journal,
  patients,
  people,
  problems,
  provider,
  session,
  shell,
}

export type Messages = typeof fr
