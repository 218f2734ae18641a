/** Pairs of records that may be one person's, as they are kept. */
import { z } from 'zod'
import type { Tables } from '#database'
import { REASON_CODES_AGAINST, REASON_CODES_FOR } from './reasons.ts'

export const PAIR_STATES = ['open', 'later', 'different', 'joined'] as const
export type PairState = (typeof PAIR_STATES)[number]

export const pairReasonsSchema = z.object({
  for: z.array(z.enum(REASON_CODES_FOR)),
  against: z.array(z.enum(REASON_CODES_AGAINST)),
})
export type PairReasons = z.output<typeof pairReasonsSchema>

export type PairRow = Tables['duplicate_pair']

export function parseReasons(text: string): PairReasons {
  return pairReasonsSchema.parse(JSON.parse(text))
}

/** A pair is one row, whichever of the two is asked about. */
export function inOrder(one: string, other: string): readonly [oneId: string, otherId: string] {
  return one < other ? [one, other] : [other, one]
}
