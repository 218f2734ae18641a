/**
 * Duplicates: records that may be one person's, found by what tells who somebody is, with a score and what speaks for and against it. For whoever
 * keeps the records in order. Nothing is joined here without a person, and what a person has decided is not asked again until more is known.
 */
export { type ComparedRecords, type CompareOptions, compareDue, countDue } from './compare-due.ts'
export { lookAtDuplicates } from './console.ts'
export type { DuplicatePair } from './contract.ts'
export { Crowd } from './crowd.ts'
export { type FoundDuplicate, findDuplicates } from './find-duplicates.ts'
export { parseReasons } from './pairs.ts'
export type { Ranked } from './rank.ts'
export { type Certainty, certaintyOf } from './reasons.ts'
export { duplicateRoutes } from './routes.ts'
export { type ComparedIdentity, comparedOf } from './traits.ts'
