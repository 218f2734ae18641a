import type { Problem } from './contract.ts'

/** How problems are told under a prefix of addresses whose clients expect another form than RFC 9457. */
export interface ProblemForm {
  readonly prefix: string
  readonly mediaType: string
  readonly print: (problem: Problem) => object
}
