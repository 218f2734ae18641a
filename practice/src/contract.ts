/**
 * All that the web pages may know of the server: schemas and endpoints, room by room.
 */
export * from '#endpoint'
export * from '#rights'
export { DEFAULT_TIME_ZONE, FRENCH_TIME_ZONES } from '#time-zone'
export * from './completeness/contract.ts'
export * from './duplicates/contract.ts'
export * from './http/contract.ts'
export * from './images/contract.ts'
export * from './imports/contract.ts'
export * from './installation/contract.ts'
export * from './jobs/contract.ts'
export * from './journal/contract.ts'
export * from './patients/contract.ts'
export * from './patients/document-contract.ts'
export * from './people/contract.ts'
