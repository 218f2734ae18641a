/**
 * The server, as the pages call it. A page says which endpoint and with what; being locked out, signed out, sealed or cut off is seen here
 * once, for all of them.
 */
export { addressOf, type CallOptions, call, callForResponse, type InputOf } from './call.ts'
export { Problem, readProblem } from './problem.ts'
export { makeQueryClient } from './queries.ts'
export { type Sending, sendBytes } from './send-bytes.ts'
export { currentStanding, endProof, type Loss, type Standing, setStanding, useStanding, watchLosses } from './standing.ts'
