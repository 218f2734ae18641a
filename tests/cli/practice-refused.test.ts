/** What `couronne serve` says when a practice's data cannot be opened: which file, what to do, in the reader's language; it changes nothing. */
import assert from 'node:assert/strict'
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { Desk } from './desk.ts'
import { makePracticeOn } from './practices.ts'

describe('serve refuses', () => {
  let desk: Desk
  before(async () => {
    desk = new Desk({ language: 'fr' })
    await makePracticeOn(desk)
  })
  after(() => desk[Symbol.asyncDispose]())

  for (const [what, name, spoil, says] of [
    ['a damaged first page', 'records.db', (file: string) => flip(file, 100), /records\.db: .*\[wrong-key\]/],
    ['a damaged keyring', 'keyring.db', (file: string) => flip(file, 100), /keyring\.db: .*\[wrong-key\]/],
    ['a database cut short', 'records.db', (file: string) => truncateSync(file, 8192), /records\.db: .*\[damaged\]/],
    ['a database of no bytes', 'records.db', (file: string) => truncateSync(file, 0), /no records\.db.*\[not-found\]/],
    ['a keyring that is gone', 'keyring.db', (file: string) => rmSync(file), /no keyring\.db.*\[not-found\]/],
    ['key slots that are none', 'key-slots.json', (file: string) => writeFileSync(file, 'x'), /key-slots\.json.*\[damaged\]/],
  ] as const)
    test(what, async () => {
      const file = desk.path('data', 'practice', name)
      const good = readFileSync(file)
      spoil(file)
      try {
        const args = ['serve', '--listen', '127.0.0.1:0', '--data', desk.path('data')]
        const { stderr: said } = await desk.couronne(args, { env: { COURONNE_KEYS: desk.path('keys') }, allow: [1] })
        assert.match(said, says)
        assert.match(said, /sauvegarde/)
        assert.doesNotMatch(said, /\bat .*\.ts:/)
      } finally {
        writeFileSync(file, good)
      }
    })
})

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.with(at, ~(bytes[at] as number) & 255))
}
