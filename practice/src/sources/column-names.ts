/** Names of columns from a head: without blanks around them; one that stands there twice gets a number. */
export function columnNames(fields: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return fields.map((field) => {
    const name = field.trim()
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}
