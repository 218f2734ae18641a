/** Columns of text, as wide as their widest cell; on a terminal one column gives way so that lines fit. */

const GAP = 2
const NARROWEST = 12

export interface TableOptions {
  /** The column that is broken into several lines when all do not fit; the last when absent. */
  readonly flexible?: number
  /** Columns of the terminal; nothing is broken when absent. */
  readonly width?: number | undefined
}

/** A cell may have several lines. Numbers are the caller's to align. */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { flexible = head.length - 1, width = process.stdout.isTTY ? process.stdout.columns : undefined }: TableOptions = {},
): string {
  const widthsNeeded = head.map((title, column) => Math.max(title.length, ...rows.flatMap((row) => lineLengths(row[column]))))
  const others = widthsNeeded.reduce((sum, each, column) => (column === flexible ? sum : sum + each + GAP), 0)
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(NARROWEST, width - others)
  const widths = widthsNeeded.map((each, column) => (column === flexible ? Math.min(each, room) : each))
  const print = (cells: readonly string[]) => {
    const columns = cells.map((cell, column) => breakLines(cell, widths[column]!))
    const height = Math.max(...columns.map(({ length }) => length))
    return Array.from({ length: height }, (_, i) =>
      columns
        .map((lines, column) => (lines[i] ?? '').padEnd(widths[column]!))
        .join(' '.repeat(GAP))
        .trimEnd(),
    ).join('\n')
  }
  return [print(head), widths.map((each) => '─'.repeat(each)).join('─'.repeat(GAP)), ...rows.map(print)].join('\n')
}

function lineLengths(cell = ''): number[] {
  return cell.split('\n').map(({ length }) => length)
}

/** Between words where there are any, else where the line ends. */
function breakLines(cell: string, width: number): string[] {
  const lines: string[] = []
  for (let rest of cell.split('\n')) {
    while (rest.length > width) {
      const blank = rest.lastIndexOf(' ', width)
      const at = blank > 0 ? blank : width
      lines.push(rest.slice(0, at))
      rest = rest.slice(blank > 0 ? at + 1 : at)
    }
    lines.push(rest)
  }
  return lines
}
