/** What people type to find a patient. */
export interface Query {
  readonly beginning: string | undefined
}

export function parseQuery(text: string): Query {
  return { beginning: text.trim().toLowerCase() }
}
