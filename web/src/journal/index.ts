/** The journal: who did what, when, from where, why; and whether it is whole. */
export { JournalPage } from './journal-page.tsx'
export { Visits } from './visits.tsx'
