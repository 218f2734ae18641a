/** How long a backup takes when one hundredth of the bytes has changed. */
import type { Bench } from '../bench.ts'
import { changeOnePercent } from '../data.ts'
import { measure } from '../measure.ts'
import { type Answer, inRounds, type Question, timesAsFast } from '../rounds.ts'

export const changed: Question = { name: 'changed', ask }

/**
 * Each round changes the source anew, and each tool backs that state up on top of the state before: the same work for all of them.
 */
async function ask(bench: Bench): Promise<Answer> {
  const { couronne, restic, borg } = bench.tools
  const tools = [restic, couronne, borg]
  const places = new Map(await Promise.all(tools.map(async (tool) => [tool, await bench.standing(tool)] as const)))
  let changedIn = -1
  const change = (round: number) => {
    if (round === changedIn) return
    changeOnePercent(bench.source, `round-${round}`)
    changedIn = round
  }
  const series = await inRounds(
    bench,
    tools.map((tool) => ({
      name: tool.name,
      run(round) {
        change(round)
        return measure(tool.backup(places.get(tool)!, bench.source))
      },
    })),
  )
  return {
    title: '1 % changed',
    series,
    reached: { changed: timesAsFast(series, restic.name, couronne.name) },
    notes: [
      'Each round: rows in places of the dump (its length stays; all of it is read again), one new image, new documents. Every tool has the state of the round before as its parent.',
    ],
  }
}
