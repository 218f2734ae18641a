/**
 * People: accounts and roles, signing in and out, second factors, sessions, practitioners, and the glass that may be broken.
 *
 * A password, a cookie, a code or a token is never kept, logged or answered twice: hashes are. A refusal says nothing of why. The last active
 * owner can be neither disabled nor demoted. Whoever guesses slows themselves down, never the practice's own browsers.
 */
export { createActiveAccount, createOwner, type NewActiveAccount, type NewOwner } from './accounts.ts'
export { authenticate } from './authenticate.ts'
export { breakGlass, GLASS_MINUTES, hasBrokenGlass } from './break-glass.ts'
export { consoleActor } from './console-actor.ts'
export { NotSignedInError, ProofNeededError, SecondFactorDueError, SessionLockedError, TooManyAttemptsError } from './errors.ts'
export { listLogins, makeResetLink } from './invitations.ts'
export { type NoticeKind, notify } from './notices.ts'
export { type KnownAbout, type PasswordProblem, passwordProblem, requireGoodPassword } from './password-rules.ts'
export { hashPassword, isPassword, usePasswordWork } from './passwords.ts'
export { createPractitioner, getPractitioner, listPractitionersOf, requirePractitioner } from './practitioners.ts'
export type { Practitioner } from './practitioners-contract.ts'
export { makePeopleRoutes } from './routes.ts'
export { isRpps, parseRpps } from './rpps.ts'
export { requireRecentProof } from './sessions.ts'
export { networkOf } from './throttle.ts'
