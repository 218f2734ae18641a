/** The flags of `backup`, as restic names them. */
import { readFile } from 'node:fs/promises'
import type { BackupOptions, BackupSource } from '@couronne/vault'
import { expandTargetList, parsePatternList, parseRawTargets, parseSize, parseTargetLines, UsageError } from '@couronne/vault'
import { type Command, Option } from 'commander'
import { parseDurationMs } from './durations.ts'
import { compressionLevel, type GlobalOptions, splitCommand } from './options.ts'

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
  readonly groupBy?: string
  readonly tag?: readonly string[]
  readonly host?: string
  readonly time?: string
  readonly withAtime?: boolean
  readonly ignoreInode?: boolean
  readonly ignoreCtime?: boolean
  readonly skipIfUnchanged?: boolean
  readonly dryRun?: boolean
}

const many = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value]

export function defineBackup(command: Command): void {
  const list = (flags: string, description: string) => new Option(flags, description).argParser(many)
  command
    .argument('[paths...]', 'what to back up')
    .addOption(list('-e, --exclude <pattern>', 'leave out'))
    .addOption(list('--iexclude <pattern>', 'leave out, whatever the case'))
    .addOption(list('--exclude-file <file>', 'patterns to leave out, one a line'))
    .addOption(list('--iexclude-file <file>', 'the same, whatever the case'))
    .option('--exclude-caches', 'leave out folders with a CACHEDIR.TAG')
    .addOption(list('--exclude-if-present <name[:header]>', 'leave out folders that hold such a file'))
    .option('--exclude-larger-than <size>', 'leave out larger files (k, M, G, T)')
    .addOption(list('--files-from <file>', 'paths and patterns to back up, one a line'))
    .addOption(list('--files-from-verbatim <file>', 'paths to back up, one a line'))
    .addOption(list('--files-from-raw <file>', 'paths to back up, separated by NUL'))
    .option('-x, --one-file-system', 'stay on the file system of each path')
    .option('--stdin', 'back up standard input')
    .option('--stdin-filename <name>', 'its name in the snapshot', 'stdin')
    .option('--stdin-from-command', 'back up what the command given as arguments prints')
    .addOption(new Option('--parent <snapshot>', 'snapshot to compare with').env('RESTIC_PARENT'))
    .option('-f, --force', 'read every file again')
    .option('-g, --group-by <list>', 'what a parent must share: host, paths, tags', 'host,paths')
    .addOption(list('--tag <tags>', 'tags of the snapshot, separated by commas'))
    .addOption(new Option('-H, --host <name>', 'host of the snapshot').env('RESTIC_HOST'))
    .option('--time <time>', 'time of the snapshot, such as 2026-11-23 10:00:00')
    .option('--with-atime', 'keep times of last access')
    .option('--ignore-inode', 'do not look at inodes to see changes')
    .option('--ignore-ctime', 'do not look at change times to see changes')
    .option('--skip-if-unchanged', 'no snapshot when nothing changed')
    .option('-n, --dry-run', 'store nothing, say what would be')
}

/** What to back up. @throws {UsageError} when nothing is named, or files and a stream both */
export async function backupSource(args: readonly string[], flags: BackupFlags): Promise<BackupSource> {
  if (flags.stdinFromCommand) {
    const [file, ...rest] = args.length === 1 ? splitCommand(args[0]!) : args
    if (file === undefined) throw new UsageError('--stdin-from-command: give the command as arguments')
    return { filename: flags.stdinFilename, bytes: { command: [file, ...rest] } }
  }
  if (flags.stdin) {
    if (args.length > 0) throw new UsageError('--stdin: paths cannot be given too')
    return { filename: flags.stdinFilename, bytes: process.stdin }
  }
  const listed: (string | Uint8Array)[] = [...args]
  const unmatched = (pattern: string) => process.stderr.write(`${pattern}: matches nothing\n`)
  for (const file of flags.filesFrom ?? []) listed.push(...expandTargetList(await readInput(file), process.cwd(), unmatched))
  for (const file of flags.filesFromVerbatim ?? []) listed.push(...parseTargetLines(await readInput(file)))
  for (const file of flags.filesFromRaw ?? []) listed.push(...parseRawTargets(await readInput(file)))
  if (listed.length === 0) throw new UsageError('nothing to back up: name folders or files')
  return listed
}

export async function backupOptions(flags: BackupFlags): Promise<BackupOptions> {
  const fromFiles = async (files: readonly string[] = []) =>
    (await Promise.all(files.map(async (file) => parsePatternList(await readInput(file), process.env)))).flat()
  return {
    exclude: [...(flags.exclude ?? []), ...(await fromFiles(flags.excludeFile))],
    iexclude: [...(flags.iexclude ?? []), ...(await fromFiles(flags.iexcludeFile))],
    ...(flags.excludeIfPresent !== undefined && { excludeIfPresent: flags.excludeIfPresent }),
    excludeCaches: flags.excludeCaches ?? false,
    ...(flags.excludeLargerThan !== undefined && { excludeLargerThanBytes: parseSize(flags.excludeLargerThan) }),
    oneFileSystem: flags.oneFileSystem ?? false,
    withAtime: flags.withAtime ?? false,
    ...(flags.parent !== undefined && { parent: flags.parent }),
    force: flags.force ?? false,
    groupBy: parseGroupBy(flags.groupBy ?? ''),
    tags: (flags.tag ?? []).flatMap((list) => list.split(',')).filter((tag) => tag !== ''),
    ...(flags.host !== undefined && { hostname: flags.host }),
    ...(flags.time !== undefined && { time: parseTime(flags.time) }),
    level: compressionLevel(flags.compression),
    ignoreInode: flags.ignoreInode ?? false,
    ignoreCtime: flags.ignoreCtime ?? false,
    skipIfUnchanged: flags.skipIfUnchanged ?? false,
    reportItems: (flags.verbose ?? 0) > 0,
    dryRun: flags.dryRun ?? false,
    ...(flags.retryLock !== undefined && { lockRetryMs: parseDurationMs(flags.retryLock) }),
  }
}

function parseGroupBy(list: string): readonly ('host' | 'paths' | 'tags')[] {
  return list
    .split(',')
    .filter((word) => word !== '')
    .map((word) => {
      const singular: Readonly<Record<string, 'host' | 'paths' | 'tags'>> = {
        host: 'host',
        hosts: 'host',
        path: 'paths',
        paths: 'paths',
        tag: 'tags',
        tags: 'tags',
      }
      const kind = singular[word]
      if (kind === undefined) throw new UsageError(`--group-by ${word}: expected host, paths or tags`)
      return kind
    })
}

/** A local time as restic takes it, `2026-11-23 10:00:00`. */
function parseTime(text: string): Temporal.ZonedDateTime {
  if (text === 'now') return Temporal.Now.zonedDateTimeISO()
  try {
    return Temporal.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime(Temporal.Now.timeZoneId())
  } catch (cause) {
    throw new UsageError(`--time ${text}: expected a time such as 2026-11-23 10:00:00`, { cause })
  }
}

async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file)
  } catch (cause) {
    throw new UsageError(`${file}: cannot be read`, { cause })
  }
}
