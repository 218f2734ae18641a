import { addMirror, listMirrors, removeMirror, UsageError } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { lockRetry } from './locking.ts'
import { catchUpAll, type MirroredRepository, printCaughtUp, withMirrors } from './mirrors.ts'
import { storageOptions } from './open.ts'
import { type GlobalOptions, readPassword } from './options.ts'
import { printTable } from './table.ts'
import type { Verb } from './verb.ts'

interface MirrorFlags extends GlobalOptions {
  readonly name?: string
  readonly mirrorPasswordFile?: string
}

export const verb: Verb<MirrorFlags> = {
  summary: { fr: 'les miroirs : list, add, remove, sync', en: 'the mirrors: list, add, remove, sync' },
  example: 'couronne vault mirror add -r /mnt/copie rest:https://hote/cabinet/ --name confrere',
  define(command) {
    command
      .argument('<action>', 'list, add, remove or sync')
      .argument('[place]', 'address to add; name or address to remove')
      .option('--name <name>', 'a short name for the mirror')
      .option('--mirror-password-file <file>', 'its own password; otherwise it opens with the one that opened the repository')
  },
  async run({ args: [action, place], options, terminal, signal, open }) {
    const mirrored = await withMirrors(await open(), options, signal)
    const { repository, registry } = mirrored
    switch (action) {
      case 'list':
        printMirrors(mirrored, terminal)
        return EXIT.done
      case 'sync':
        return (await catchUpAll(mirrored, terminal, signal)) > 0 ? EXIT.failed : EXIT.done
      case 'add': {
        if (place === undefined) throw new UsageError('mirror add: name the address')
        const password =
          options.mirrorPasswordFile === undefined
            ? undefined
            : await readPassword({ ...options, passwordFile: options.mirrorPasswordFile })
        const settings = {
          ...(await storageOptions(options)),
          ...(options.name !== undefined && { name: options.name }),
          ...(password !== undefined && { password }),
          ...lockRetry(options),
          signal,
        }
        for await (const event of addMirror(repository, registry, place, settings)) {
          if (event.kind === 'progress')
            terminal.progress(`${event.progress.phase} ${event.progress.done}/${event.progress.total}`)
          else if (event.kind === 'finding') terminal.warn(event.finding.message)
          else printCaughtUp(place.replace(/\/\/[^@/]*@/, '//'), event.summary, terminal)
        }
        return EXIT.done
      }
      case 'remove': {
        if (place === undefined) throw new UsageError('mirror remove: name the mirror')
        const { name, address } = await removeMirror(registry, place, repository)
        terminal.info({
          fr: `${name} (${address}) n’est plus un miroir ; rien n’y a été effacé`,
          en: `${name} (${address}) is no mirror any more; nothing there was deleted`,
        })
        return EXIT.done
      }
      default:
        throw new UsageError('expected list, add, remove or sync')
    }
  },
}

function printMirrors({ registry, repository }: MirroredRepository, terminal: Terminal): void {
  const mirrors = listMirrors(registry)
  terminal.json(
    mirrors.map(({ name, address, addedAt, behind, acknowledgedAt, owed }) => ({
      name,
      address,
      added_at: addedAt.toString(),
      behind_since: behind?.since.toString(),
      reason: behind?.reason,
      acknowledged_at: acknowledgedAt?.toString(),
      owed,
    })),
  )
  if (mirrors.length === 0)
    terminal.line({
      fr: `un seul exemplaire : ${repository.storage.location}`,
      en: `one copy only: ${repository.storage.location}`,
    })
  else {
    const head =
      terminal.language === 'fr'
        ? ['Nom', 'Adresse', 'État', 'Dernier accusé']
        : ['Name', 'Address', 'State', 'Last acknowledged']
    const rows = mirrors.map(({ name, address, behind, acknowledgedAt }) => [
      name,
      address,
      behind === undefined
        ? terminal.say({ fr: 'à jour', en: 'current' })
        : terminal.say({ fr: `en retard : ${behind.reason}`, en: `behind: ${behind.reason}` }),
      acknowledgedAt?.toString().slice(0, 19).replace('T', ' ') ?? '—',
    ])
    terminal.line(printTable(head, rows))
  }
}
