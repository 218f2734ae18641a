/** How long a backup takes when nothing has changed: as a whole, and without deriving the key. */
import type { Bench, KeyKind } from '../bench.ts'
import { measure } from '../measure.ts'
import { type Answer, type Candidate, inRounds, type Question, timesAsFast } from '../rounds.ts'
import type { Tool } from '../tools.ts'

export const unchanged: Question = { name: 'unchanged', ask }

const WITHOUT_KEY = ', key at no cost'

async function ask(bench: Bench): Promise<Answer> {
  const { couronne, restic, borg } = bench.tools
  const candidate = async (tool: Tool, kind?: KeyKind): Promise<Candidate> => {
    const place = await bench.standing(tool)
    return {
      name: kind === 'cheap' ? `${tool.name}${WITHOUT_KEY}` : tool.name,
      async run() {
        if (kind !== undefined) bench.useKey(place, kind)
        const sample = await measure(tool.backup(place, bench.source))
        if (kind !== undefined) bench.useKey(place, 'stock')
        return sample
      },
    }
  }
  const candidates = [
    await candidate(restic, 'stock'),
    await candidate(couronne, 'stock'),
    await candidate(borg),
    await candidate(restic, 'cheap'),
    await candidate(couronne, 'cheap'),
  ]
  // Short runs vary more: twice as many of them.
  const series = await inRounds(bench, candidates, bench.options.rounds * 2)
  return {
    title: 'Nothing changed',
    series,
    reached: {
      unchanged: timesAsFast(series, restic.name, couronne.name),
      unchangedBesidesKey: timesAsFast(series, restic.name + WITHOUT_KEY, couronne.name + WITHOUT_KEY),
    },
    notes: [
      '“Key at no cost”: the same repository, opened by a key file with scrypt N = 2, r = 1, p = 1; both sides then do all but derive a key.',
    ],
  }
}
