/** What the practice's records lack: the rules with their sources, where the practice stands and stood, and the list to work through. */
export { CompletenessPage } from './completeness-page.tsx'
export { HomeLine } from './home-line.tsx'
export { RulePage } from './rule-page.tsx'
