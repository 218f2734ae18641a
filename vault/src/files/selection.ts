/** Which entries of a snapshot are restored: `--include` or `--exclude` with their case-insensitive forms, as restic reads them. */
import { UsageError } from '#errors'
import { type PathParts, Patterns } from './patterns.ts'

export interface SelectionOptions {
  readonly include?: readonly string[]
  readonly iinclude?: readonly string[]
  readonly exclude?: readonly string[]
  readonly iexclude?: readonly string[]
}

/** @param path absolute path inside the snapshot, as `pathParts` cuts it */
export type Selector = (path: PathParts, isFolder: boolean) => SelectionOfEntry

export interface SelectionOfEntry {
  readonly isSelected: boolean
  /** Worth going into: something below may be selected. Always false for what is no folder. */
  readonly mayHoldSelected: boolean
}

/**
 * The rule for these options; without any, everything is selected.
 * @throws {UsageError} for malformed patterns, and when both including and excluding is asked for
 */
export function selectorOf(options: SelectionOptions): Selector {
  const including = listsOf(options.include, options.iinclude)
  const excluding = listsOf(options.exclude, options.iexclude)
  if (including.length > 0 && excluding.length > 0) throw new UsageError('include and exclude patterns cannot be combined')
  if (including.length > 0) return (path, isFolder) => selectIncluded(including, path, isFolder)
  return (path, isFolder) => {
    const isSelected = !excluding.some((patterns) => patterns.matches(path))
    return { isSelected, mayHoldSelected: isSelected && isFolder }
  }
}

function selectIncluded(lists: readonly Patterns[], path: PathParts, isFolder: boolean): SelectionOfEntry {
  let isSelected = false
  let mayHoldSelected = false
  for (const patterns of lists) {
    const { matched, childMayMatch } = patterns.select(path)
    isSelected ||= matched
    mayHoldSelected ||= childMayMatch
  }
  return { isSelected, mayHoldSelected: mayHoldSelected && isFolder }
}

function listsOf(exact: readonly string[] = [], ignoringCase: readonly string[] = []): Patterns[] {
  return [new Patterns(ignoringCase, { ignoreCase: true }), new Patterns(exact)].filter((patterns) => !patterns.isEmpty)
}
