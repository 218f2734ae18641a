/** How patients are shown together, without their records being opened. */
export const LISTS = ['search', 'names', 'diary', 'completeness', 'program', 'duplicates'] as const
export type List = (typeof LISTS)[number]

/** `list:diary`, as the journal's subject. @returns undefined for another subject */
export function listOf(subject: string | null): List | undefined {
  return LISTS.find((list) => subject === `list:${list}`)
}
