import { planTag, type TagChange, tag } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { addFilterFlags, type FilterFlags, filterBeside } from './filters.ts'
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
  example: {
    fr: 'couronne vault tag -r /media/disque/coffre --add litige latest',
    en: 'couronne vault tag -r /media/disk/vault --add litigation latest',
  },
  define(command) {
    command
      .argument('[ids...]', { fr: 'seulement ceux-ci ; sinon tous', en: 'only these; otherwise all' })
      .flag('--add <tags>', { fr: 'étiquettes à ajouter : a,b', en: 'tags to add: a,b' }, { many: true })
      .flag('--remove <tags>', { fr: 'étiquettes à retirer', en: 'tags to remove' }, { many: true })
      .flag(
        '--set <tags>',
        { fr: 'étiquettes à mettre à la place de toutes', en: 'tags to put in the place of all' },
        { many: true },
      )
    addFilterFlags(command)
  },
  async run(context) {
    const { args, options, terminal, signal } = context
    const { set, add, remove } = options
    if ((set === undefined) === (add === undefined && remove === undefined))
      throw new WrongUse({
        fr: 'tag : ou bien --set, ou bien --add et --remove',
        en: 'tag: either --set, or --add and --remove',
      })
    const words = (lists: readonly string[] = []) => lists.flatMap((list) => list.split(',')).filter((word) => word !== '')
    const change: TagChange = set === undefined ? { add: words(add), remove: words(remove) } : { set: words(set) }
    const { repository } = await withMirrors(await context.open(), context)
    const plan = await planTag(repository, change, {
      ...(args.length > 0 && { snapshots: args }),
      filter: filterBeside(args, options),
      signal,
    })
    for await (const event of tag(repository, plan, { ...lockRetry(options), signal })) {
      if (event.kind === 'changed')
        terminal.json({ message_type: 'changed', old_snapshot_id: event.oldId, new_snapshot_id: event.newId })
      else {
        terminal.json({ message_type: 'summary', changed_snapshots: event.changedSnapshots })
        terminal.info({
          fr: printCount(event.changedSnapshots, 'fr', 'instantané modifié', 'instantanés modifiés'),
          en: `${printCount(event.changedSnapshots, 'en', 'snapshot')} changed`,
        })
      }
    }
    return EXIT.done
  },
}
