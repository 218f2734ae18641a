/**
 * What a record lacks: rules as data, judged by the record's facts. For practitioners, who see what is missing, how grave it is and what to do,
 * and for the practice, which sees where it stands. Nothing here changes a record, and nothing is hidden: what somebody waives stays in the list,
 * with who and why.
 */
export { lookAtRecord, lookAtRule } from './console.ts'
export { type Refreshed, type RefreshOptions, refreshAll } from './refresh.ts'
export { completenessRoutes } from './routes.ts'
export type { Rule, Severity, Words } from './rule.ts'
export { NOT_CHECKED, RULES } from './rules/index.ts'
export { RECORDS } from './tally.ts'
export { keepTrend, loadCounts } from './trend.ts'
export { startCompletenessWork } from './work.ts'
