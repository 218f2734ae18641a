/** What only some mirrors answer for is given up by no repair. */
import { RefusedError } from '#errors'
import type { Repository } from '#repository'

/**
 * Called where something is about to be given up because no mirror has it.
 * @param unanswered mirrors that did not answer when they were asked for it
 * @throws {RefusedError} naming the mirrors that may have it: those, and those that are away or behind
 */
export function refuseWhileOthersMayHaveIt({ storage }: Repository, unanswered: Iterable<string>): void {
  const behind = storage.mirrors.filter(({ isCurrent }) => !isCurrent).map(({ location }) => location)
  const mirrors = [...new Set([...behind, ...unanswered])].join(', ')
  if (mirrors === '') return
  throw new RefusedError(
    `what would be given up may still be on ${mirrors}: plug it in and let it catch up, or remove that mirror first`,
  )
}
