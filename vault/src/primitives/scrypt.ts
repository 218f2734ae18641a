/** scrypt in Node's thread pool, with the memory limit that its parameters need. */
import { scrypt as nodeScrypt } from 'node:crypto'

/** 64 bytes of scrypt; one lane after the other, in the thread pool. */
export function scryptNode(password: Uint8Array, salt: Uint8Array, n: number, r: number, p: number): Promise<Uint8Array> {
  const maxmem = 128 * r * (n + p + 2) + 1024 * 1024
  return new Promise((resolve, reject) => {
    nodeScrypt(password, salt, 64, { N: n, r, p, maxmem }, (error, key) => (error ? reject(error) : resolve(new Uint8Array(key))))
  })
}

/** 64 bytes of scrypt. */
export function scryptLanes(password: Uint8Array, salt: Uint8Array, n: number, r: number, p: number): Promise<Uint8Array> {
  return scryptNode(password, salt, n, r, p)
}
