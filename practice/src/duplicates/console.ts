/** Duplicates for whoever works at the practice's own machine: the same look as the page's, in the journal as its. */
import type { Actor, OpenPractice } from '#open-practice'
import { recordShown, writingIn } from '#patients'
import type { DuplicatePair } from './contract.ts'
import { listPairs } from './pairs-store.ts'

const PAGE = 500

/** The pairs that wait for a person, likeliest first, in pieces. */
export async function* lookAtDuplicates(practice: OpenPractice, actor: Actor): AsyncGenerator<readonly DuplicatePair[]> {
  let after: Parameters<typeof listPairs>[2]
  do {
    const page = await practice.db.transaction().execute(async (tx) => {
      const asking = { db: tx, practiceId: practice.id, accountId: actor.accountId }
      const found = await listPairs(asking, 'open', after, PAGE)
      const { record } = writingIn(practice, actor, tx)
      const ids = found.pairs.flatMap(({ one, other }) => [one.id, other.id])
      await recordShown(
        async (_tx, event) => void (await record({ action: 'patients.searched', ...event })),
        tx,
        'duplicates',
        ids,
        { count: found.pairs.length },
      )
      return found
    })
    yield page.pairs
    after = page.next
  } while (after !== undefined)
}
