/** How long it takes to restore everything into an empty folder. */
import { join } from 'node:path'
import { type Bench, truncateFiles } from '../bench.ts'
import { measure } from '../measure.ts'
import { type Answer, inRounds, type Question, timesAsFast } from '../rounds.ts'
import { confirmSameFiles } from '../soundness.ts'
import type { Place, Tool } from '../tools.ts'

export const restore: Question = { name: 'restore', ask }

async function ask(bench: Bench): Promise<Answer> {
  const { couronne, restic, borg } = bench.tools
  const candidates = []
  for (const tool of [restic, couronne, borg]) {
    const place = await bench.standing(tool)
    candidates.push({ name: tool.name, run: (round: number) => restoreOnce(bench, tool, place, round === 0) })
  }
  const series = await inRounds(bench, candidates)
  return {
    title: 'Restore',
    series,
    reached: { restore: timesAsFast(series, restic.name, couronne.name) },
    notes: [
      'The newest snapshot into an empty folder. After the first round what each tool restored was compared with the source (`diff -r`): no difference.',
      'None of them waits for the disk at the end; what was written is flushed before the next run, outside of the measured time.',
    ],
  }
}

async function restoreOnce(bench: Bench, tool: Tool, place: Place, isCompared: boolean) {
  const target = bench.newFolder('restored')
  const sample = await measure(tool.restore(place, target))
  if (isCompared) await confirmSameFiles(bench.source, join(target, bench.source))
  truncateFiles(target)
  return sample
}
