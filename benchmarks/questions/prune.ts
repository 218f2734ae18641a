/** How long it takes to forget all snapshots but the newest and to give back their room. */
import { type Bench, storedBytes } from '../bench.ts'
import { type Command, measure } from '../measure.ts'
import { type Answer, type Candidate, inRounds, type Question } from '../rounds.ts'
import { confirmByRestic } from '../soundness.ts'
import type { Place, Tool } from '../tools.ts'

export const prune: Question = { name: 'prune', ask }

/** The newest snapshot lacks every second image and photograph: a third of what is stored is needed no more, scattered over all packs. */
const LEFT_OUT = ['*[13579].dcm', '*[13579].jpg']

async function ask(bench: Bench): Promise<Answer> {
  const { couronne, restic, borg } = bench.tools
  const left = new Map<string, { before: number; after: number }>()
  const candidate = async (name: string, tool: Tool, base: Place, command: (place: Place) => Command): Promise<Candidate> => ({
    name,
    async run(round) {
      const place = bench.copyPlace(base)
      const before = storedBytes(place)
      const sample = await measure(command(place))
      left.set(name, { before, after: storedBytes(place) })
      if (round === 0 && tool === couronne) await confirmByRestic(bench, place)
      bench.removePlace(place)
      return sample
    },
  })
  const bases = new Map<Tool, Place>()
  for (const tool of [restic, couronne, borg]) {
    const base = bench.copyPlace(await bench.standing(tool))
    await measure(tool.backup(base, bench.source, { exclude: LEFT_OUT }))
    bases.set(tool, base)
  }
  const instantly = (place: Place): Command => {
    const command = couronne.forgetAndPrune(place)
    return { ...command, args: [...command.args, '--instant-delete'] }
  }
  const series = await inRounds(bench, [
    await candidate(restic.name, restic, bases.get(restic)!, restic.forgetAndPrune),
    await candidate('couronne --instant-delete', couronne, bases.get(couronne)!, instantly),
    await candidate('couronne', couronne, bases.get(couronne)!, couronne.forgetAndPrune),
    await candidate(borg.name, borg, bases.get(borg)!, borg.forgetAndPrune),
  ])
  for (const base of bases.values()) bench.removePlace(base)
  const sizes = [...left].map(
    ([name, { before, after }]) => `${name} ${before.toLocaleString('en')} → ${after.toLocaleString('en')}`,
  )
  return {
    title: 'Forget and prune',
    series,
    reached: {},
    notes: [
      'All snapshots but the newest go. The newest was made without every second image and photograph, so that packs everywhere hold something that is needed no more. restic and Couronne leave at most 5 % unneeded, borg compacts by its own threshold.',
      '`--instant-delete` works alone in the repository, as restic does. Without it packs are marked first, backups may run meanwhile, and a run a day later deletes them: the room is given back then, and the repository is larger until then.',
      `Bytes before and after: ${sizes.join('; ')}.`,
      'Stock restic found no error in what both of Couronne’s left (`check --read-data`, once each).',
    ],
  }
}
