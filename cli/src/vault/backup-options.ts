/** The flags of `backup`, as restic names them. */

import { lstatSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import type { BackupOptions, BackupSource } from '@couronne/vault'
import { expandTargetList, parsePatternList, parseRawTargets, parseTargetLines } from '@couronne/vault'
import type { VerbCommand } from '../flags.ts'
import type { Terminal } from '../terminal.ts'
import { versionOf } from '../version.ts'
import { WrongUse } from '../wrong-use.ts'
import { parseMoment } from './durations.ts'
import { groupByOf } from './filters.ts'
import { lockRetry } from './locking.ts'
import { compressionLevel, type GlobalOptions, sayFileTrouble, sizeOf } from './options.ts'

export interface BackupFlags extends GlobalOptions {
  readonly exclude?: readonly string[]
  readonly iexclude?: readonly string[]
  readonly excludeFile?: readonly string[]
  readonly iexcludeFile?: readonly string[]
  readonly excludeCaches?: boolean
  readonly excludeIfPresent?: readonly string[]
  readonly excludeLargerThan?: string
  readonly filesFrom?: readonly string[]
  readonly filesFromVerbatim?: readonly string[]
  readonly filesFromRaw?: readonly string[]
  readonly oneFileSystem?: boolean
  readonly stdin?: boolean
  readonly stdinFilename: string
  readonly stdinFromCommand?: boolean
  readonly parent?: string
  readonly force?: boolean
  readonly groupBy: string
  readonly tag?: readonly string[]
  readonly host?: string
  readonly time?: string
  readonly withAtime?: boolean
  readonly ignoreInode?: boolean
  readonly ignoreCtime?: boolean
  readonly skipIfUnchanged?: boolean
  readonly dryRun?: boolean
}

export function defineBackup(command: VerbCommand): void {
  const many = { many: true }
  command
    .argument('[paths...]', { fr: 'dossiers et fichiers à sauvegarder', en: 'folders and files to back up' })
    .flag('-n, --dry-run', { fr: 'ne rien stocker, dire ce qui le serait', en: 'store nothing, say what would be' })
    .flag('--tag <tags>', { fr: 'étiquettes de l’instantané : a,b', en: 'tags of the snapshot: a,b' }, many)
    .flag('-H, --host <name>', { fr: 'machine de l’instantané', en: 'host of the snapshot' }, { env: 'RESTIC_HOST' })
    .flag('--time <time>', { fr: 'date de l’instantané', en: 'time of the snapshot, such as "2026-11-23 10:00:00"' })
    .flag('--skip-if-unchanged', { fr: 'pas d’instantané si rien n’a changé', en: 'no snapshot when nothing changed' })
    .flag('-f, --force', { fr: 'relire tous les fichiers', en: 'read every file again' })
    .flag('--parent <snapshot>', { fr: 'instantané auquel comparer', en: 'snapshot to compare with' })
    .flag(
      '-g, --group-by <list>',
      { fr: 'ce que cet instantané doit avoir en commun', en: 'what that snapshot must have in common' },
      { default: 'host,paths' },
    )
    .flag('--ignore-inode', {
      fr: 'ne pas regarder les inodes pour voir ce qui change',
      en: 'do not look at inodes to see changes',
    })
    .flag('--ignore-ctime', { fr: 'ni la date de changement', en: 'nor at change times' })
    .flag('--with-atime', { fr: 'garder la date du dernier accès', en: 'keep times of last access' })
    .flag('--no-scan', { fr: '', en: '' }, { hidden: true })
    .flag('--read-concurrency <n>', { fr: '', en: '' }, { hidden: true })
  defineSources(command)
}

function defineSources(command: VerbCommand): void {
  const many = { many: true }
  command
    .flag('-e, --exclude <pattern>', { fr: 'laisser de côté', en: 'leave out' }, many)
    .flag('--iexclude <pattern>', { fr: 'de même, quelle que soit la casse', en: 'the same, whatever the case' }, many)
    .flag(
      '--exclude-file <file>',
      { fr: 'motifs à laisser de côté, un par ligne', en: 'patterns to leave out, one a line' },
      many,
    )
    .flag('--iexclude-file <file>', { fr: 'de même, quelle que soit la casse', en: 'the same, whatever the case' }, many)
    .flag('--exclude-caches', { fr: 'sans les dossiers marqués CACHEDIR.TAG', en: 'without folders marked CACHEDIR.TAG' })
    .flag(
      '--exclude-if-present <name[:header]>',
      { fr: 'sans les dossiers où se trouve un tel fichier', en: 'without folders that hold such a file' },
      many,
    )
    .flag('--exclude-larger-than <size>', { fr: 'sans les fichiers plus gros : 500M, 2G', en: 'without larger files: 500M, 2G' })
    .flag('-x, --one-file-system', {
      fr: 'rester sur le système de fichiers de chaque chemin',
      en: 'stay on the file system of each path',
    })
    .flag(
      '--files-from <file>',
      { fr: 'chemins et motifs à sauvegarder, un par ligne', en: 'paths and patterns to back up, one a line' },
      many,
    )
    .flag('--files-from-verbatim <file>', { fr: 'chemins à sauvegarder, un par ligne', en: 'paths to back up, one a line' }, many)
    .flag(
      '--files-from-raw <file>',
      { fr: 'chemins à sauvegarder, séparés par NUL', en: 'paths to back up, separated by NUL' },
      many,
    )
    .flag('--stdin', { fr: 'sauvegarder l’entrée standard', en: 'back up standard input' })
    .flag('--stdin-filename <name>', { fr: 'son nom dans l’instantané', en: 'its name in the snapshot' }, { default: 'stdin' })
    .flag('--stdin-from-command', {
      fr: 'sauvegarder ce qu’affiche la commande donnée après « -- »',
      en: 'back up what the command given after “--” prints',
    })
}

/** Whether standard input is something to back up, or a list. */
export function inputIsData({ stdin, filesFrom = [], filesFromVerbatim = [], filesFromRaw = [] }: BackupFlags): boolean {
  return stdin === true || [...filesFrom, ...filesFromVerbatim, ...filesFromRaw].includes('-')
}

/** What to back up. @throws {WrongUse} when nothing is named, or files and a stream both */
export async function backupSource(args: readonly string[], flags: BackupFlags, terminal: Terminal): Promise<BackupSource> {
  const lists = [...(flags.filesFrom ?? []), ...(flags.filesFromVerbatim ?? []), ...(flags.filesFromRaw ?? [])]
  if ((flags.stdin || flags.stdinFromCommand) && (lists.length > 0 || (flags.stdin && args.length > 0)))
    throw new WrongUse({
      fr: 'ou bien des fichiers, ou bien l’entrée standard : pas les deux',
      en: 'either files or standard input: not both',
    })
  if (flags.stdinFromCommand) {
    const [file, ...rest] = args
    if (file === undefined)
      throw new WrongUse({
        fr: 'quelle commande ? Écrivez-la après « -- » : --stdin-from-command -- mysqldump cabinet',
        en: 'which command? Write it after “--”: --stdin-from-command -- mysqldump practice',
      })
    return { filename: flags.stdinFilename, bytes: { command: [file, ...rest] } }
  }
  if (flags.stdin) return { filename: flags.stdinFilename, bytes: process.stdin }
  const listed: (string | Uint8Array)[] = [...args]
  const unmatched = (pattern: string) =>
    terminal.warn({ fr: `${pattern} : ne correspond à rien`, en: `${pattern}: matches nothing` })
  for (const file of flags.filesFrom ?? []) listed.push(...expandTargetList(await readInput(file), process.cwd(), unmatched))
  for (const file of flags.filesFromVerbatim ?? []) listed.push(...parseTargetLines(await readInput(file)))
  for (const file of flags.filesFromRaw ?? []) listed.push(...parseRawTargets(await readInput(file)))
  if (listed.length > 0) return requireSome(listed)
  throw new WrongUse({
    fr: 'que sauvegarder ? Nommez des dossiers ou des fichiers',
    en: 'back up what? Name folders or files',
  })
}

/** What cannot be looked at is for the backup to report. */
function mayBeThere(path: string | Uint8Array): boolean {
  try {
    return lstatSync(path as string, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

/** One that is missing makes the snapshot incomplete; when all are, somebody mistyped, or a disk is not there. */
function requireSome(paths: readonly (string | Uint8Array)[]): readonly (string | Uint8Array)[] {
  if (paths.some(mayBeThere)) return paths
  const names = paths.map((path) => Buffer.from(path as string).toString()).join(', ')
  throw new WrongUse({
    fr: `rien à sauvegarder : ${names} n’existe pas. Le disque ou le partage est-il là ? Le nom, bien écrit ?`,
    en: `nothing to back up: there is no ${names}. Is the disk or share there? Is the name right?`,
  })
}

export async function backupOptions(flags: BackupFlags): Promise<BackupOptions> {
  return {
    exclude: [...(flags.exclude ?? []), ...(await patternsIn(flags.excludeFile))],
    iexclude: [...(flags.iexclude ?? []), ...(await patternsIn(flags.iexcludeFile))],
    ...(flags.excludeIfPresent !== undefined && { excludeIfPresent: flags.excludeIfPresent }),
    excludeCaches: flags.excludeCaches ?? false,
    ...(flags.excludeLargerThan !== undefined && {
      excludeLargerThanBytes: sizeOf('--exclude-larger-than', flags.excludeLargerThan),
    }),
    oneFileSystem: flags.oneFileSystem ?? false,
    withAtime: flags.withAtime ?? false,
    ...(flags.parent !== undefined && { parent: flags.parent }),
    force: flags.force ?? false,
    groupBy: groupsOf(flags.groupBy),
    tags: (flags.tag ?? []).flatMap((list) => list.split(',')).filter((tag) => tag !== ''),
    ...(flags.host && { hostname: flags.host }),
    ...(flags.time !== undefined && { time: parseMoment('--time', flags.time) }),
    level: compressionLevel(flags.compression),
    ignoreInode: flags.ignoreInode ?? false,
    ignoreCtime: (flags.ignoreCtime || flags.ignoreInode) ?? false,
    skipIfUnchanged: flags.skipIfUnchanged ?? false,
    // As restic: lists of entries in JSON from -v on, for people from -vv on.
    reportItems: (flags.verbose ?? 0) > (flags.json ? 0 : 1),
    dryRun: flags.dryRun ?? false,
    programVersion: `couronne ${versionOf()}`,
    ...lockRetry(flags),
  }
}

function groupsOf(list: string): readonly ('host' | 'paths' | 'tags')[] {
  const { host, paths, tags } = groupByOf(list)
  return [...(host ? (['host'] as const) : []), ...(paths ? (['paths'] as const) : []), ...(tags ? (['tags'] as const) : [])]
}

/** Patterns in files, as restic writes them: comments, variables. */
export async function patternsIn(files: readonly string[] = []): Promise<string[]> {
  const lists = await Promise.all(files.map(async (file) => parsePatternList(await readInput(file), process.env)))
  return lists.flat()
}

async function readInput(file: string): Promise<Uint8Array> {
  if (file === '-') return buffer(process.stdin)
  try {
    return await readFile(file)
  } catch (error) {
    const { fr, en } = sayFileTrouble(error)
    throw new WrongUse({ fr: `${file} : ${fr}`, en: `${file}: ${en}` })
  }
}
