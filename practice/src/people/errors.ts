/** What goes wrong when people sign in. A refusal never says which part was wrong. */
import { PracticeError } from '#errors'

/** Nobody is signed in here: no cookie, or its session has ended. */
export class NotSignedInError extends PracticeError {
  readonly code = 'not-signed-in'
}

/** Login, password, factor or invitation: one of them is not right. */
export class SignInRefusedError extends PracticeError {
  readonly code = 'sign-in-refused'
}

/** The screen is locked: who is there must be proven first. */
export class SessionLockedError extends PracticeError {
  readonly code = 'session-locked'
}

/** Too many failures; `about.seconds` until the next try. */
export class TooManyAttemptsError extends PracticeError {
  readonly code = 'too-many-attempts'
}

/** A sensitive change wants a proof of who is there that is at most ten minutes old. */
export class ProofNeededError extends PracticeError {
  readonly code = 'proof-needed'
}

/** This role must have a second factor by now: nothing but one's own account opens before. */
export class SecondFactorDueError extends PracticeError {
  readonly code = 'second-factor-due'
}

/** The OpenID Connect provider cannot be reached, or does not answer as one. */
export class OidcUnavailableError extends PracticeError {
  readonly code = 'oidc-unavailable'
}
