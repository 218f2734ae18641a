/** The catalogue in English: exactly the keys of the French one. */
import { completeness } from './en/completeness.ts'
import { duplicates } from './en/duplicates.ts'
import { forms } from './en/forms.ts'
import { home } from './en/home.ts'
import { images } from './en/images.ts'
import { imports } from './en/imports.ts'
import { incidents } from './en/incidents.ts'
import { installation } from './en/installation.ts'
import { journal } from './en/journal.ts'
import { patients } from './en/patients.ts'
import { people } from './en/people.ts'
import { fieldProblems, problems } from './en/problems.ts'
import { provider } from './en/provider.ts'
import { session } from './en/session.ts'
import { shell } from './en/shell.ts'
import type { Messages } from './fr.ts'

export const en: Messages = {
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
