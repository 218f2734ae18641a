/** Names of sealed files. Nothing else ever becomes part of a path. */

/** `ab/abcdef…`, with `/`. @throws {TypeError} when the name is not 64 hex characters */
export function objectPath(name: string): string {
  if (!/^[0-9a-f]{64}$/.test(name)) throw new TypeError(`an object's name has 64 hex characters, this one has ${name.length}`)
  return `${name.slice(0, 2)}/${name}`
}
