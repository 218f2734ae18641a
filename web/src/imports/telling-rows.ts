/** Rows that tell most. Pure. */

interface Told {
  readonly line: number
  readonly findings: readonly { readonly code: string }[]
}

/** The first rows, and of each thing that is said the first row of which it is said; in the order of their lines. */
export function tellingRows<R extends Told>(rows: readonly R[], first: number): R[] {
  const chosen = new Set(rows.slice(0, first))
  const told = new Set([...chosen].flatMap(({ findings }) => findings.map(({ code }) => code)))
  for (const row of rows) {
    const news = row.findings.filter(({ code }) => !told.has(code))
    if (news.length === 0) continue
    chosen.add(row)
    for (const { code } of news) told.add(code)
  }
  return [...chosen].toSorted((one, other) => one.line - other.line)
}
