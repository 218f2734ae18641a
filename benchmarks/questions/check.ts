/** How long it takes to read and verify every byte of a repository. */
import type { Bench } from '../bench.ts'
import { measure } from '../measure.ts'
import { type Answer, inRounds, type Question, timesAsFast } from '../rounds.ts'

export const check: Question = { name: 'check', ask }

async function ask(bench: Bench): Promise<Answer> {
  const { couronne, restic, borg } = bench.tools
  const candidates = []
  for (const tool of [restic, couronne, borg]) {
    const place = await bench.standing(tool)
    candidates.push({ name: tool.name, run: () => measure(tool.check(place)) })
  }
  const series = await inRounds(bench, candidates)
  return {
    title: 'Check with all data',
    series,
    reached: { check: timesAsFast(series, restic.name, couronne.name) },
    notes: [
      'restic and Couronne `check --read-data`, borg `check --verify-data`; each reads its own repository of the same snapshots.',
    ],
  }
}
