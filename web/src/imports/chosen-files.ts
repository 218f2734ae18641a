/** Files as somebody chose or dropped them, folders with all below: each with its path from what was chosen. */

export interface ChosenFile {
  /** with `/` between names; without the folder itself that was chosen */
  readonly path: string
  readonly file: File
}

/** What systems leave in folders, and no practice has ever made. */
const LEFT_BY_SYSTEMS = new Set(['.ds_store', 'thumbs.db', 'desktop.ini'])

/** Of a field for files or for a folder. */
export function filesOfField(list: Iterable<File>): ChosenFile[] {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
  return withoutTop(files)
}

/** Of what was dropped, folders read to their end. Called while the event is handled: the list is empty behind it. */
export async function filesOfDrop(items: DataTransferItemList): Promise<ChosenFile[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  const files: ChosenFile[] = []
  for (const entry of entries) for await (const file of filesBelow(entry)) files.push(file)
  return withoutTop(files)
}

async function* filesBelow(entry: FileSystemEntry): AsyncGenerator<ChosenFile> {
  if (isFile(entry)) {
    yield { path: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry) }
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // A browser gives a hundred at a time, and nothing at the end.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (entries.length === 0) return
    for (const each of entries) yield* filesBelow(each)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/**
 * Without the one folder that all of them lie in, since rows name files from there, and without what systems leave behind.
 *
 * @returns in the order of their paths
 */
export function withoutTop(files: readonly ChosenFile[]): ChosenFile[] {
  const kept = files.filter(({ path }) => !LEFT_BY_SYSTEMS.has(path.split('/').at(-1)?.toLowerCase() ?? ''))
  const [top = ''] = kept[0]?.path.split('/') ?? []
  const isBelow = kept.length > 0 && kept.every(({ path }) => path.startsWith(`${top}/`))
  const stripped = isBelow ? kept.map(({ path, file }) => ({ path: path.slice(top.length + 1), file })) : kept
  return stripped.toSorted((one, other) => (one.path < other.path ? -1 : 1))
}

/** What was chosen before and what comes now: a path that is chosen again is the newer file. */
export function addFiles(before: readonly ChosenFile[], added: readonly ChosenFile[]): ChosenFile[] {
  const byPath = new Map([...before, ...added].map((each) => [each.path, each]))
  return [...byPath.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1))
}
