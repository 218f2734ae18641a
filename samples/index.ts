/**
 * Samples: a dental practice's folder made from a seed, for the demonstration, the tests and the benchmarks. Nobody real is in it, and what
 * is there already is never overwritten.
 */
export type { SampleEntry, SampleRecord } from './entry.ts'
export { type CrowdMember, inventCrowd } from './many-people.ts'
export { makePractice, type Practice, type PracticeOptions } from './practice.ts'
export { drawPixels } from './radiograph.ts'
export { SeededRandom } from './random.ts'
export { inventRecords, type SampleOptions } from './records.ts'
