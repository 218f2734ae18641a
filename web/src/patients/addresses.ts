/** What stands in the addresses of this room: the part of a record that is shown, the days of the agenda, which pairs of records. Loaded with the first page. */
export const VIEWS = ['timeline', 'teeth', 'care', 'office', 'documents', 'images', 'missing', 'people', 'access'] as const
export type View = (typeof VIEWS)[number]

export function parseView(search: Record<string, unknown>): { view?: View } {
  const view = VIEWS.find((each) => each === search.view)
  return view === undefined ? {} : { view }
}

export function parseAgenda(search: Record<string, unknown>): { on?: string; span?: 'week'; practitioner?: string } {
  return {
    ...(typeof search.on === 'string' && /^\d{4}-\d\d-\d\d$/.test(search.on) ? { on: search.on } : {}),
    ...(search.span === 'week' ? { span: 'week' as const } : {}),
    ...(typeof search.practitioner === 'string' ? { practitioner: search.practitioner } : {}),
  }
}

/** Absent: pairs that wait for a decision. */
export function parseDuplicates(search: Record<string, unknown>): { state?: 'later' | 'different' } {
  return search.state === 'later' || search.state === 'different' ? { state: search.state } : {}
}
