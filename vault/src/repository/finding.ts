import type { ObjectKind } from '#storage'

/**
 * Something that is not as it should be and did not stop the work. `hint`: harmless, `warning`: to be looked at, `error`: data is
 * damaged or missing. `mirror` says where, when not everywhere.
 */
export interface Finding {
  readonly severity: 'hint' | 'warning' | 'error'
  readonly kind: ObjectKind | 'blob'
  readonly object: string
  readonly message: string
  readonly mirror?: string
}
