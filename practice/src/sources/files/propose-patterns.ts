/**
 * A first draft of what folders of files per patient are called: by the file number, or by names and birth date. Pure; a dry run says whose each
 * file would be.
 */
import type { WrittenProfile } from '../profile-schema.ts'
import { type FilePattern, parseFilePattern } from './file-pattern.ts'

/** How programs and people call a patient's folder, the surest first. Without a birth date a name is nobody's. */
const FOLDERS = [
  ['{fileNumber}', /^\d{1,12}$/],
  ...[' ', '_', '-', ' - '].map((between) => [`{fileNumber}${between}{*}`, new RegExp(`^\\d{1,12}${between}\\D`)] as const),
  ...[' ', '_'].flatMap((between) =>
    ['ddMMyyyy', 'dd/MM/yyyy', 'yyyy-MM-dd'].map(
      (format) => [['{family}', '{given}', `{bornOn:${format}}`].join(between), /^\D/] as const,
    ),
  ),
] as const
/** What files are called, and what their day is; those that none is called like are left out. */
const FILES = [
  ['dated', '{date:yyyyMMdd}_{title}.{ext}', 'date'],
  ['dated-dashes', '{date:yyyy-MM-dd}_{title}.{ext}', 'date'],
  ['others', '{title}.{ext}', 'modifiedOn'],
  ['no-ending', '{title}', 'modifiedOn'],
] as const
/** Fewer than that of the folders are called so: it is something else. */
const SHARE = 0.5

/**
 * @param paths of files, with `/` between names
 * @returns undefined: the folders do not look like patients'
 */
export function proposePatterns(paths: readonly string[], thisYear: number): WrittenProfile['tables'] {
  const ways = FOLDERS.map(([written, looks]) => {
    const pattern = parseFilePattern(written, thisYear)
    return { written, fits: (name: string) => looks.test(name) && isWhole(pattern, name) }
  })
  // One patient's folder alone is no folder of folders.
  const common = commonTop(paths)
  const top = ways.some(({ fits }) => fits(common.slice(0, -1))) ? '' : common
  if (/[{}]/.test(top)) return undefined
  const folders = new Set(paths.flatMap((path) => path.slice(top.length).split('/').slice(0, -1)[0] ?? []))
  const counted = ways.map(({ written, fits }) => ({ written, count: [...folders].filter(fits).length }))
  const [best] = counted.toSorted((one, other) => other.count - one.count)
  if (best === undefined || best.count === 0 || best.count < folders.size * SHARE) return undefined
  return tablesOf(`${top}${best.written}`, paths, thisYear)
}

function tablesOf(folder: string, paths: readonly string[], thisYear: number): WrittenProfile['tables'] {
  const patient = folder.includes('{family}') ? ['family', 'given', 'bornOn'] : ['fileNumber']
  const left = new Set(paths)
  return FILES.flatMap(([name, file, madeOn]) => {
    const from = `${folder}/{**}/${file}`
    const pattern = parseFilePattern(from, thisYear)
    const own = [...left].filter((path) => pattern.match(path) !== undefined)
    for (const path of own) left.delete(path)
    if (own.length === 0) return []
    const fields = { path: 'path', title: 'title', madeOn }
    return [{ from, name, entity: 'document' as const, patient, key: [...patient, 'sha256'], mayBeEmpty: true, fields }]
  })
}

/** A day that is none leaves its piece empty. */
function isWhole(pattern: FilePattern, name: string): boolean {
  const pieces = pattern.match(name)
  return pieces !== undefined && Object.values(pieces).every((piece) => piece !== '')
}

/** The folder that all of them lie in, with its `/`; empty: there is none. */
export function commonTop(paths: readonly string[]): string {
  const top = (paths[0] ?? '').slice(0, (paths[0] ?? '').indexOf('/') + 1)
  return paths.every((path) => path.startsWith(top)) ? top : ''
}
