// The kernels: one WASM module without any data of its own. Every state, table and message lies at an address that the caller
// passes in, so that several threads can run it over one shared memory.
export { rabinTables, rabinReset, rabinScan } from './rabin'
export { poly1305Start, poly1305Blocks, poly1305Finish } from './poly1305'
export { scryptROMix } from './scrypt'
