/** When a session is open, locked, over: pure. */
import type { SignInSettings } from './contract.ts'

export interface SessionTimes {
  readonly createdAt: Temporal.Instant
  /** when somebody was last there: requests that a page makes by itself do not count */
  readonly lastSeenAt: Temporal.Instant
  readonly lockedAt: Temporal.Instant | undefined
  readonly endedAt: Temporal.Instant | undefined
}

export type SessionState =
  | { readonly kind: 'open'; readonly locksAt: Temporal.Instant; readonly endsAt: Temporal.Instant }
  /** `isNew`: nobody has noted yet that it is locked */
  | { readonly kind: 'locked'; readonly isNew: boolean; readonly endsAt: Temporal.Instant }
  /** `isNew`: nobody has noted yet that it has ended */
  | { readonly kind: 'ended'; readonly isNew: boolean; readonly why: 'ended' | 'idle' | 'too-old' }

const SKEW_SECONDS = 60

export function sessionState(times: SessionTimes, settings: SignInSettings, now: Temporal.Instant): SessionState {
  if (times.endedAt !== undefined) return { kind: 'ended', isNew: false, why: 'ended' }
  const oldAt = times.createdAt.add({ hours: settings.endsAfterHours })
  const idleAt = times.lastSeenAt.add({ minutes: settings.endsAfterIdleMinutes })
  if (isPast(oldAt, now)) return { kind: 'ended', isNew: true, why: 'too-old' }
  if (isPast(idleAt, now)) return { kind: 'ended', isNew: true, why: 'idle' }
  const endsAt = isPast(oldAt, idleAt) ? oldAt : idleAt
  const locksAt = times.lastSeenAt.add({ minutes: settings.locksAfterMinutes })
  if (times.lockedAt !== undefined) return { kind: 'locked', isNew: false, endsAt }
  if (isPast(locksAt, now) || isAhead(times.lastSeenAt, now)) return { kind: 'locked', isNew: true, endsAt }
  return { kind: 'open', locksAt, endsAt }
}

/** The clock was put back since: nobody knows how long it has been. Two servers' clocks may differ a little. */
export function isAhead(at: Temporal.Instant, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(at, now.add({ seconds: SKEW_SECONDS })) > 0
}

function isPast(at: Temporal.Instant, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(at, now) <= 0
}
