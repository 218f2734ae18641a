import { addMirror, listMirrors, type MirrorRegistry, openStorage, removeMirror } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printMoment, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { sayBehind } from './behind-words.ts'
import { lockRetry } from './locking.ts'
import { catchUpAll, isLateOrOwes, type MirroredRepository, printCatchUpFinding, printCaughtUp, withMirrors } from './mirrors.ts'
import { passwordIn } from './passwords.ts'
import { sayStep } from './progress-words.ts'
import { storageOptions, withoutSecret } from './storage-options.ts'
import { printTable } from './table.ts'
import type { Verb, VerbContext } from './verb.ts'

interface MirrorFlags {
  readonly name?: string
  readonly mirrorPasswordFile?: string
}

export const verb: Verb<MirrorFlags> = {
  summary: { fr: 'les copies du dépôt : list, add, remove, sync', en: 'the mirrors of a repository: list, add, remove, sync' },
  details: {
    fr: 'Cette machine retient les copies : les sauvegardes vont ensuite à toutes, quelle que soit celle que -r nomme. Une copie qui ne répond pas n’arrête personne ; elle rattrape à la sauvegarde suivante, ou par « mirror sync ». Les identifiants d’une copie viennent de l’environnement (RESTIC_REST_PASSWORD, AWS_…), ou d’un --repository-file qui nomme toutes les copies.',
    en: 'This machine remembers the mirrors: backups then go to all of them, whichever -r names. One that does not answer stops nobody; it catches up at the next backup, or by “mirror sync”. A mirror’s credentials come from the environment (RESTIC_REST_PASSWORD, AWS_…), or from a --repository-file that names all mirrors.',
  },
  example: {
    fr: 'couronne vault mirror add -r /media/disque/coffre rest:https://confrere.example/cabinet/ --name confrere',
    en: 'couronne vault mirror add -r /media/disk/vault rest:https://colleague.example/practice/ --name colleague',
  },
  define(command) {
    command
      .argument('<action>', {
        fr: 'list : les copies et leur état ; add : en ajouter une et la remplir ; remove : ne plus y écrire (rien n’y est effacé) ; sync : faire rattraper celles qui sont en retard',
        en: 'list: the mirrors and their state; add: make another and fill it; remove: write there no more (nothing there is deleted); sync: let those catch up that are behind',
      })
      .argument('[place]', {
        fr: 'add : une adresse ; remove : un nom ou une adresse',
        en: 'add: an address; remove: a name or an address',
      })
      .flag('--name <name>', { fr: 'un nom court pour la copie', en: 'a short name for the mirror' })
      .flag('--mirror-password-file <file>', {
        fr: 'son propre mot de passe ; sinon elle s’ouvre avec celui du dépôt',
        en: 'a password of its own; otherwise it opens with the repository’s',
      })
  },
  async run(context) {
    const [action, place] = context.args
    const mirrored = await withMirrors(await context.open(), context)
    switch (action) {
      case 'list':
        printMirrors(mirrored, context.terminal)
        return EXIT.done
      case 'sync':
        return sync(mirrored, context)
      case 'add':
        return add(mirrored, placeOf(place, 'add'), context)
      case 'remove': {
        const leaving = placeOf(place, 'remove')
        if (mirrored.registry.find(leaving) === undefined) throw unknownMirror(leaving, mirrored.registry)
        const { name, address } = await removeMirror(mirrored.registry, leaving, mirrored.repository)
        context.terminal.json({ message_type: 'removed', name, address })
        context.terminal.info({
          fr: `${name} (${address}) n’est plus une copie de ce dépôt ; rien n’y a été effacé`,
          en: `${name} (${address}) is no mirror any more; nothing there was deleted`,
        })
        return EXIT.done
      }
      default:
        throw new WrongUse({ fr: 'mirror : list, add, remove ou sync', en: 'mirror: expected list, add, remove or sync' })
    }
  },
}

function placeOf(place: string | undefined, action: string): string {
  if (place !== undefined) return place
  throw new WrongUse({ fr: `mirror ${action} : nommez la copie`, en: `mirror ${action}: name the mirror` })
}

function unknownMirror(place: string, registry: MirrorRegistry): WrongUse {
  const names = listMirrors(registry).map(({ name }) => name)
  return new WrongUse({
    fr: `mirror remove : cette machine ne connaît pas de copie « ${place} ». Elle connaît : ${names.join(', ') || 'aucune'}`,
    en: `mirror remove: this machine knows of no mirror “${place}”. It knows: ${names.join(', ') || 'none'}`,
  })
}

async function add(
  { repository, registry }: MirroredRepository,
  place: string,
  { options, terminal, signal }: VerbContext<MirrorFlags>,
): Promise<number> {
  const location = withoutSecret(place)
  const settings = {
    ...(options.name !== undefined && { name: options.name }),
    ...(options.mirrorPasswordFile !== undefined && { password: await passwordIn(options.mirrorPasswordFile) }),
    ...lockRetry(options),
    signal,
  }
  let isWhole = true
  const storage = await openStorage(place, await storageOptions(options, terminal))
  for await (const event of addMirror(repository, registry, storage, settings)) {
    if (event.kind === 'progress') sayStep(terminal, event.progress.phase, event.progress.done, event.progress.total)
    else if (event.kind === 'finding') printCatchUpFinding(location, event.finding, terminal)
    else isWhole = printCaughtUp(location, event.summary, terminal)
  }
  terminal.info({
    fr: 'Les prochaines sauvegardes de cette machine iront aussi là.',
    en: 'The next backups of this machine go there too.',
  })
  return isWhole ? EXIT.done : EXIT.failed
}

async function sync(mirrored: MirroredRepository, context: VerbContext<MirrorFlags>): Promise<number> {
  const { mirrors } = mirrored.repository.storage
  if (!mirrors.some(isLateOrOwes)) {
    context.terminal.info({
      fr: mirrors.length > 1 ? 'toutes les copies sont à jour' : 'il n’y a qu’une copie',
      en: mirrors.length > 1 ? 'all mirrors are current' : 'there is one copy only',
    })
  }
  return (await catchUpAll(mirrored, context, isLateOrOwes)) > 0 ? EXIT.failed : EXIT.done
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
  if (mirrors.length === 0) {
    terminal.line({
      fr: `une seule copie : ${repository.storage.location}\nUne deuxième, ailleurs : couronne vault mirror add -r ${repository.storage.location} ADRESSE`,
      en: `one copy only: ${repository.storage.location}\nA second one, elsewhere: couronne vault mirror add -r ${repository.storage.location} ADDRESS`,
    })
    return
  }
  const head =
    terminal.language === 'fr' ? ['Nom', 'Complète le', 'Adresse', 'État'] : ['Name', 'Complete on', 'Address', 'State']
  const rows = mirrors.map(({ name, address, behind, acknowledgedAt }) => [
    name,
    acknowledgedAt === undefined ? '—' : printMoment(acknowledgedAt),
    address,
    behind === undefined
      ? terminal.say({ fr: 'à jour', en: 'current' })
      : terminal.say({
          fr: `en retard depuis ${printMoment(behind.since)} : ${sayBehind(behind).fr}`,
          en: `behind since ${printMoment(behind.since)}: ${sayBehind(behind).en}`,
        }),
  ])
  terminal.line(printTable(head, rows))
}
