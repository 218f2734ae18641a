/**
 * HTTP: routes, their checks, problems. Knows no patient; rooms bring their routes.
 */

export { type Problem, problemSchema } from './contract.ts'
export { pageQuery, parseCursor, printCursor } from './cursor.ts'
export { makeLogger } from './log.ts'
export type { ProblemForm } from './problem-form.ts'
export { problemOf } from './problems.ts'
export { receivedPiece } from './received-piece.ts'
export { type Call, type OpenCall, openRoute, type Route, route } from './route.ts'
export { sendStream } from './send-stream.ts'
export { makeServer, SealedError, type ServerOptions } from './server.ts'
