/** What only some mirrors answer for is given up by no repair. */
import { RefusedError } from '#errors'
import type { Repository } from '#repository'
import { contentsOf } from '../without-debts.ts'

/**
 * Called where something is about to be given up because no mirror has it.
 * @param unanswered mirrors that did not answer when they were asked for it
 * @throws {RefusedError} naming the mirrors that may have it: those, those that are away or behind, and those that still have what was
 * removed elsewhere
 */
export function refuseWhileOthersMayHaveIt({ storage }: Repository, unanswered: Iterable<string>): void {
  const mayHave = storage.mirrors.filter(({ isCurrent, debts }) => !isCurrent || contentsOf(debts).size > 0)
  const mirrors = [...new Set([...mayHave.map(({ location }) => location), ...unanswered])].join(', ')
  if (mirrors === '') return
  throw new RefusedError(
    `what would be given up may still be on ${mirrors}: plug it in and let it catch up, or remove that mirror first`,
  )
}
