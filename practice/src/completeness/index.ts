/**
 * What a record lacks: rules as data, judged by the record's facts. For practitioners, who see what is missing, how grave it is and what to do,
 * and for the practice, which sees where it stands. Nothing here changes a record, and nothing is hidden: what somebody waives stays in the list,
 * with who and why.
 */
export { factsOf, type RecordSource } from './facts-of.ts'
export { type Finding, type Judgement, judge } from './judge.ts'
export { RULES } from './rules/index.ts'
