/** For tests only: practices and servers as they really are, in a folder that goes away. */

export { FEW_RECORDS, type SignedInApp, startSignedInApp } from './app.ts'
export { arbitraryBody } from './arbitrary-bodies.ts'
export { type Answer, Desk, DOCUMENT, OWNER } from './desk.ts'
export { type KillableOptions, KillableServer } from './killable-server.ts'
export { TEST_PASSWORD_WORK } from './password-work.ts'
export {
  databaseFor,
  makeTestPractice,
  onBothEngines,
  TEST_PASSWORD,
  type TestPractice,
} from './practices.ts'
export { anIdentity, aPatient, aPractitioner, change } from './records.ts'
export { serverOptions } from './server-options.ts'
