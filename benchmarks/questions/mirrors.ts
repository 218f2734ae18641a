/** How much longer a first backup to two mirrors takes than to one. */
import type { Bench } from '../bench.ts'
import { measure } from '../measure.ts'
import { type Answer, inRounds, type Question, timesAsFast } from '../rounds.ts'
import { confirmByRestic } from '../soundness.ts'

export const mirrors: Question = { name: 'mirrors', ask }

const [ONE, TWO] = ['couronne, one mirror', 'couronne, two mirrors']

async function ask(bench: Bench): Promise<Answer> {
  const { couronne } = bench.tools
  const series = await inRounds(bench, [
    {
      name: ONE,
      async run() {
        const place = bench.newPlace(couronne)
        const sample = await measure(couronne.backup(place, bench.source))
        bench.removePlace(place)
        return sample
      },
    },
    {
      name: TWO,
      async run(round) {
        const place = bench.newPlace(couronne)
        const other = bench.newPlace(couronne)
        const sample = await measure(couronne.backup(place, bench.source, { mirrors: [other] }))
        if (round === 0) await confirmByRestic(bench, other)
        for (const each of [place, other]) bench.removePlace(each)
        return sample
      },
    },
  ])
  return {
    title: 'Two mirrors',
    series,
    reached: { mirrors: 1 / timesAsFast(series, ONE, TWO) },
    notes: [
      'Both mirrors are folders of the same disk, which then takes twice the bytes, each pack and its folder flushed. Stock restic found no error in the second mirror (`check --read-data`, once).',
    ],
  }
}
