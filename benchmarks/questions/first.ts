/** How long a first backup takes, and how much it stores. */
import { type Bench, storedBytes } from '../bench.ts'
import { measure, type Sample } from '../measure.ts'
import { type Answer, inRounds, type Question, timesAsFast } from '../rounds.ts'
import { confirmByRestic } from '../soundness.ts'
import type { Tool } from '../tools.ts'

export const first: Question = { name: 'first', ask }

async function ask(bench: Bench): Promise<Answer> {
  const { couronne, restic, borg, borgLz4 } = bench.tools
  const tools = [restic, couronne, borg, borgLz4]
  const stored = new Map<string, number>()
  const backUp = async (tool: Tool): Promise<Sample> => {
    const place = bench.newPlace(tool)
    const sample = await measure(tool.backup(place, bench.source))
    stored.set(tool.name, storedBytes(place))
    if (tool === borgLz4) bench.removePlace(place)
    else bench.keepAsStanding(tool, place)
    return sample
  }
  const series = await inRounds(
    bench,
    tools.map((tool) => ({ name: tool.name, run: () => backUp(tool) })),
  )
  await confirmByRestic(bench, await bench.standing(couronne))
  const sizes = tools.map(({ name }) => `${name} ${stored.get(name)?.toLocaleString('en')}`)
  return {
    title: 'First backup',
    series,
    reached: {
      first: timesAsFast(series, restic.name, couronne.name),
      stored: (stored.get(couronne.name) ?? Number.NaN) / (stored.get(restic.name) ?? Number.NaN),
    },
    notes: [
      'Each round begins with an empty repository. borg’s own default is lz4; restic’s is zstd.',
      `Bytes stored: ${sizes.join(', ')}.`,
      'Stock restic found no error in what Couronne wrote (`check --read-data`, once).',
    ],
  }
}
