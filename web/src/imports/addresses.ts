/** What stands in the addresses of this room: the step of an import. Loaded with the first page. */
export const STEPS = ['files', 'mapping', 'trial', 'decisions', 'run', 'night'] as const
export type Step = (typeof STEPS)[number]

export function parseStep(search: Record<string, unknown>): { step?: Step } {
  const step = STEPS.find((each) => each === search.step)
  return step === undefined ? {} : { step }
}
