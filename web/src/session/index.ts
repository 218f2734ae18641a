/**
 * The session in this browser: signing in, the lock over the page, proving once more who is there, and who that is.
 */
export { LinkWithProvider } from './link-with-provider.tsx'
export { LockScreen } from './lock-screen.tsx'
export { tellOtherTabs } from './other-tabs.ts'
export { hasPasskeys, makePasskey } from './passkey.ts'
export { usePresence } from './presence.ts'
export { ProofDialog } from './proof-dialog.tsx'
export { installationQuery, meQuery, practiceQuery, sessionQuery, useMay, waysInQuery } from './queries.ts'
export { SignInPage, useEnter } from './sign-in.tsx'
