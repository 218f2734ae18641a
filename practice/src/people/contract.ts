/**
 * People: signing in and out, the screen's lock, one's own account, everybody's accounts, practitioners, notices, and how the practice wants
 * people to sign in.
 *
 * A secret is answered once, when it is made (invitation, recovery codes, token), and never again. Where a call needs a recent proof of who
 * is there (`POST /api/session/prove`, or a sign-in or unlocking by password or passkey within ten minutes), it says so, and answers
 * 403 `proof-needed` without one.
 */
export { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './contract-fields.ts'
export * from './me-contract.ts'
export * from './people-contract.ts'
export * from './practitioners-contract.ts'
export * from './session-contract.ts'
export * from './settings-contract.ts'
export * from './sign-in-contract.ts'
