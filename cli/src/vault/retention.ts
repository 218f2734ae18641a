import { extendRetention, planRetention, type RetentionSummary } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount, printMoment, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { parseMoment } from './durations.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import { countOf } from './options.ts'
import { sayStep } from './progress-words.ts'
import type { Verb } from './verb.ts'

interface RetentionFlags {
  readonly days?: string
  readonly until?: string
  readonly mode?: 'governance' | 'compliance'
  readonly dryRun?: boolean
}

export const verb: Verb<RetentionFlags> = {
  summary: {
    fr: 'empêche d’effacer, jusqu’à une date, tout ce qui sert encore (S3)',
    en: 'keep everything that is needed from being deleted, until a day (S3)',
  },
  details: {
    fr: 'Pour un seau S3 avec verrouillage d’objets. Le verrou d’un paquet ne se prolonge pas de lui-même quand de nouveaux instantanés s’en servent : lancez ceci chaque semaine. « governance » peut être levé par qui en a le droit chez l’hébergeur ; « compliance », par personne.',
    en: 'For an S3 bucket with object lock. The lock of a pack does not grow by itself when new snapshots use it: run this every week. “governance” can be lifted by who has the right to at the host; “compliance” by nobody.',
  },
  example: {
    fr: 'couronne vault retention -r s3:https://hebergeur.example/seau/cabinet --days 90',
    en: 'couronne vault retention -r s3:https://host.example/bucket/practice --days 90',
  },
  define(command) {
    command
      .flag('--days <n>', { fr: 'pour tant de jours à partir de maintenant', en: 'for so many days from now' })
      .flag('--until <time>', { fr: 'ou jusqu’à cette date', en: 'or until this time' })
      .flag(
        '--mode <mode>',
        { fr: 'pour ce que rien ne tient encore', en: 'for what nothing holds yet' },
        { choices: ['governance', 'compliance'], default: 'governance' },
      )
      .flag('-n, --dry-run', { fr: 'dire combien d’objets seraient tenus', en: 'say how many objects would be held' })
  },
  async run(context) {
    const { options, terminal, signal } = context
    const until = untilOf(options)
    const { repository } = await withMirrors(await context.open({ cached: false }), context)
    const plan = await planRetention(repository, { signal })
    if (options.dryRun) {
      terminal.json({ message_type: 'summary', mirrors: plan.mirrors, objects: plan.objects.length, until: until.toString() })
      terminal.info({
        fr: `essai : ${printCount(plan.objects.length, 'fr', 'objet')} à tenir sur ${plan.mirrors.join(', ')} ; rien n’a été fait`,
        en: `a trial: ${printCount(plan.objects.length, 'en', 'object')} to hold on ${plan.mirrors.join(', ')}; nothing was done`,
      })
      return EXIT.done
    }
    const settings = { until, ...(options.mode && { mode: options.mode }), ...lockRetry(options), signal }
    let summaries: readonly RetentionSummary[] = []
    for await (const event of extendRetention(repository, plan, settings)) {
      if (event.kind === 'progress') sayStep(terminal, 'hold', event.done, event.total, event.mirror)
      else summaries = event.summaries
    }
    for (const summary of summaries) print(summary, until, terminal)
    return summaries.some(({ notHeld }) => notHeld.length > 0) ? EXIT.failed : EXIT.done
  },
}

function untilOf({ days, until }: RetentionFlags): Temporal.Instant {
  if ((days === undefined) === (until === undefined))
    throw new WrongUse({ fr: 'retention : ou bien --days, ou bien --until', en: 'retention: either --days or --until' })
  if (until !== undefined) return parseMoment('--until', until).toInstant()
  return Temporal.Now.instant().add({ hours: 24 * countOf('--days', days!, 1) })
}

function print({ mirror, extended, alreadyHeld, notHeld }: RetentionSummary, until: Temporal.Instant, terminal: Terminal): void {
  terminal.json({
    message_type: 'summary',
    mirror,
    until: until.toString(),
    extended,
    already_held: alreadyHeld,
    not_held: notHeld.map(({ kind, name }) => `${kind}/${name}`),
  })
  terminal.info({
    fr: `${mirror} : ${printCount(extended, 'fr', 'objet prolongé', 'objets prolongés')}, ${alreadyHeld} déjà tenus, jusqu’au ${printMoment(until)}`,
    en: `${mirror}: ${printCount(extended, 'en', 'object')} held longer, ${alreadyHeld} held already, until ${printMoment(until)}`,
  })
  if (notHeld.length > 0)
    terminal.error({
      fr: `${mirror} : ${printCount(notHeld.length, 'fr', 'objet')} que rien ne tient`,
      en: `${mirror}: ${printCount(notHeld.length, 'en', 'object')} that nothing holds`,
    })
}
