/** dump: a file of a snapshot as a stream, a folder as an archive. */
export { ARCHIVES, type Archive, type DumpOptions, dump } from './dump.ts'
