/**
 * People: accounts and roles, signing in and out, second factors, and the glass that may be broken.
 */
export { createOwner, type NewOwner } from './accounts.ts'
export { authenticate, NotSignedInError } from './authenticate.ts'
export { hashPassword, isPassword } from './passwords.ts'
