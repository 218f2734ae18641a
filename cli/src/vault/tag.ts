import { planTag, type TagChange, tag } from '@couronne/vault'
import { Option } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { addFilterOptions, type FilterFlags, filterOf, many } from './filters.ts'
import { lockRetry } from './locking.ts'
import { withMirrors } from './mirrors.ts'
import type { Verb } from './verb.ts'

interface TagFlags extends FilterFlags {
  readonly set?: readonly string[]
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

export const verb: Verb<TagFlags> = {
  summary: { fr: 'change les étiquettes d’instantanés', en: 'change the tags of snapshots' },
  example: 'couronne vault tag -r /mnt/copie --add litige latest',
  define(command) {
    addFilterOptions(command)
    for (const name of ['set', 'add', 'remove'])
      command.addOption(new Option(`--${name} <tags>`, `tags to ${name}`).argParser(many))
    command.argument('[ids...]')
  },
  async run({ args, options, terminal, signal, open }) {
    const words = (lists: readonly string[] = []) => lists.flatMap((list) => list.split(','))
    const change: TagChange =
      options.set === undefined ? { add: words(options.add), remove: words(options.remove) } : { set: words(options.set) }
    const { repository } = await withMirrors(await open(), options, signal)
    const plan = await planTag(repository, change, {
      ...(args.length > 0 && { snapshots: args }),
      filter: filterOf(options),
      signal,
    })
    for await (const event of tag(repository, plan, { ...lockRetry(options), signal })) {
      if (event.kind === 'changed')
        terminal.json({ message_type: 'changed', old_snapshot_id: event.oldId, new_snapshot_id: event.newId })
      else {
        terminal.json({ message_type: 'summary', changed_snapshots: event.changedSnapshots })
        terminal.info({
          fr: `${event.changedSnapshots} instantané(s) modifié(s)`,
          en: `${event.changedSnapshots} snapshot(s) changed`,
        })
      }
    }
    return EXIT.done
  },
}
