/** How long the smallest verb takes: `snapshots`. */
import type { Bench, KeyKind } from '../bench.ts'
import { type Command, measure } from '../measure.ts'
import { type Answer, inRounds, type Question } from '../rounds.ts'
import type { Tool } from '../tools.ts'

export const startup: Question = { name: 'startup', ask }

/** Runs are short, and vary. */
const RUNS_PER_ROUND = 4

async function ask(bench: Bench): Promise<Answer> {
  const { couronne, restic, borg } = bench.tools
  const candidate = async (tool: Tool, kind?: KeyKind) => {
    const place = await bench.standing(tool)
    return {
      name: kind === 'cheap' ? `${tool.name}, key at no cost` : tool.name,
      async run() {
        if (kind !== undefined) bench.useKey(place, kind)
        const sample = await measure(tool.listSnapshots(place))
        if (kind !== undefined) bench.useKey(place, 'stock')
        return sample
      },
    }
  }
  const nodeAlone: Command = { program: process.execPath, args: ['-e', '0'], env: {} }
  const series = await inRounds(
    bench,
    [
      await candidate(restic, 'stock'),
      await candidate(couronne, 'stock'),
      await candidate(borg),
      await candidate(restic, 'cheap'),
      await candidate(couronne, 'cheap'),
      { name: 'Node alone (node -e 0)', run: () => measure(nodeAlone) },
    ],
    bench.options.rounds * RUNS_PER_ROUND,
  )
  return {
    title: 'Start-up of a small verb: snapshots',
    series,
    reached: {},
    notes: ['`snapshots` (borg: `list`) of a repository with a handful of them. “Key at no cost” as above.'],
  }
}
