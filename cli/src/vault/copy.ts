import { type CopyEvent, copy, planCopy } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount, printNumber, printSize, type Terminal } from '../terminal.ts'
import { addFilterFlags, type FilterFlags, filterBeside } from './filters.ts'
import { addFromFlags, type FromFlags, openSource } from './from-repository.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

export const verb: Verb<FilterFlags & FromFlags> = {
  summary: {
    fr: 'recopie des instantanés d’un autre dépôt, qui a une autre clé',
    en: 'copy snapshots from another repository, which has another key',
  },
  details: {
    fr: '-r est le dépôt qui reçoit. Pour qu’ils partagent leurs morceaux, créez-le avec « init --copy-chunker-params ».',
    en: '-r is the repository that receives. For the two to share what they hold, create it with “init --copy-chunker-params”.',
  },
  example: {
    fr: 'couronne vault copy -r /media/nouveau --from-repo /media/ancien --from-password-file ancien.txt',
    en: 'couronne vault copy -r /media/new --from-repo /media/old --from-password-file old.txt',
  },
  define(command) {
    command.argument('[ids...]', { fr: 'seulement ceux-ci', en: 'only these' })
    addFromFlags(command)
    addFilterFlags(command)
  },
  async run(context) {
    const { args, options, terminal, signal } = context
    await using source = await openSource(options, terminal, signal)
    const { repository: destination } = await withMirrors(await context.open(), context)
    const plan = await planCopy(source, destination, {
      ...(args.length > 0 && { snapshots: args }),
      filter: filterBeside(args, options),
      signal,
    })
    let failed = 0
    for await (const event of copy(source, destination, plan, { ...lockRetry(options), signal })) {
      if (event.kind === 'summary') failed = event.failed
      print(event, plan.skip.length, terminal)
    }
    return failed > 0 ? EXIT.failed : EXIT.done
  },
}

function print(event: CopyEvent, skipped: number, terminal: Terminal): void {
  const number = (value: number) => printNumber(value, terminal.language)
  if (event.kind === 'progress') {
    terminal.progress(`${event.snapshot.slice(0, 8)} ${number(event.blobsDone)}/${number(event.blobsTotal)}`)
  } else if (event.kind === 'copied') {
    terminal.json({ message_type: 'copied', snapshot: event.snapshot, copied_as: event.copiedAs })
    terminal.info({
      fr: `instantané ${event.snapshot.slice(0, 8)} recopié sous le nom ${event.copiedAs.slice(0, 8)}`,
      en: `snapshot ${event.snapshot.slice(0, 8)} copied as ${event.copiedAs.slice(0, 8)}`,
    })
  } else if (event.kind === 'failed') {
    const { message } = event.error
    terminal.problem(`${event.snapshot.slice(0, 8)}: ${message}`, { message, item: event.snapshot })
  } else {
    const { copied, failed, blobs, packedBytes } = event
    terminal.json({ message_type: 'summary', copied, skipped, failed, blobs, bytes: packedBytes })
    terminal.info({
      fr: `${printCount(copied, 'fr', 'recopié')} (${printSize(packedBytes, 'fr')}), ${number(skipped)} déjà là, ${number(failed)} en échec`,
      en: `${number(copied)} copied (${printSize(packedBytes, 'en')}), ${number(skipped)} there already, ${number(failed)} failed`,
    })
  }
}
