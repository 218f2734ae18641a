/**
 * The verbs: what people do with a repository. Each is a plan that can be looked at, then a stream of events that carries it out.
 *
 * For programs and for the command line. What never happens here: printing, asking, or deciding what a practice wants to keep.
 */
export * from './backup/index.ts'
