import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { damage, FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { findRootType, RESOURCE_BYTES_MAX, readWhole, splitBundle, splitLines } from './split-bundle.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function* inPieces(whole: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}

const resource = fc.record({
  fullUrl: fc.constantFrom('urn:uuid:1', 'https://a.example/Patient/1'),
  resource: fc.record({ resourceType: fc.constant('Patient'), name: fc.jsonValue(), note: fc.string({ unit: 'grapheme' }) }),
})

test('a bundle comes apart into its entries, however its bytes arrive and its members are ordered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(resource),
      fc.jsonValue(),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(undefined, 2),
      async (entry, other, isTypeLast, size, indent) => {
        const type = { resourceType: 'Bundle' }
        const whole = isTypeLast ? { entry, other, ...type } : { ...type, other, entry }
        const text = bytes(JSON.stringify(whole, undefined, indent))
        const found = await Array.fromAsync(splitBundle(inPieces(text, size)))
        // Half of a pair of surrogates is no UTF-8: JSON writes it as an escape.
        assert.deepEqual(
          found.map((piece) => [JSON.parse(piece.text), piece.flaw]),
          entry.map((each) => [JSON.parse(JSON.stringify(each)), undefined]),
        )
        assert.equal(await findRootType(inPieces(text, size)), 'Bundle')
      },
    ),
  )
})

test('the type of the outermost object is told from those within, and a list has none', async () => {
  const typeOf = (text: string) => findRootType([bytes(text)])
  assert.equal(await typeOf('{"contained":[{"resourceType":"Patient"}],"resourceType":"Procedure"}'), 'Procedure')
  assert.equal(await typeOf('{"a":"resourceType","b":{"resourceType":"Patient"}}'), undefined)
  assert.equal(await typeOf('[{"resourceType":"Patient"}]'), undefined)
  assert.equal(await typeOf('\ufeff {"resourceType":"Bundle"}'), 'Bundle')
})

test('lines come one by one, blank ones are none, and the last needs no end', async () => {
  const found = await Array.fromAsync(splitLines(inPieces(bytes('{"a":1}\r\n\n  \n{"b":2}'), 3)))
  assert.deepEqual(
    found.map(({ text }) => text.trim()),
    ['{"a":1}', '{"b":2}'],
  )
})

test('a file that ends too early says so, within an entry and between two', async () => {
  const text = '{"resourceType":"Bundle","entry":[{"a":1},{"b":2}]}'
  const flaws = async (cut: number) => (await Array.fromAsync(splitBundle([bytes(text.slice(0, cut))]))).map(({ flaw }) => flaw)
  assert.deepEqual(await flaws(text.length), [undefined, undefined])
  assert.deepEqual(await flaws(text.length - 5), [undefined, 'cut-off'])
  assert.deepEqual(await flaws(text.indexOf('{"b"')), [undefined, 'cut-off'])
})

test('what is too deep or too long is passed over, and what follows is read', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const found = await Array.fromAsync(splitBundle([bytes(`{"entry":[{"a":${deep}},{"b":2}]}`)]))
  assert.deepEqual(
    found.map(({ flaw, text }) => [flaw, text.length < 70_000]),
    [
      ['too-deep', true],
      [undefined, true],
    ],
  )
  for (const split of [splitLines, (pieces: Uint8Array[]) => [readWhole(pieces)]])
    for await (const piece of split([bytes(`{"a":"[[[\\"{{{","b":${deep}}`)])) assert.equal(piece.flaw, 'too-deep')
  async function* long(): AsyncGenerator<Uint8Array> {
    yield bytes('{"entry":[{"a":"')
    const piece = new Uint8Array(1024 ** 2).fill(0x61)
    for (let at = 0; at <= RESOURCE_BYTES_MAX; at += piece.length) yield piece
    yield bytes('"},{"b":2}]}')
  }
  const [first, second] = await Array.fromAsync(splitBundle(long()))
  assert.deepEqual([first?.flaw, (first?.text.length ?? 0) < 70_000, second?.text], ['too-long', true, '{"b":2}'])
})

test('bytes that are no UTF-8 are read as windows-1252, and said; UTF-16 with its mark is read as such', async () => {
  const latin = Uint8Array.from(Buffer.from('{"name":"Zoé"}', 'latin1'))
  assert.deepEqual(await readWhole([latin]), { text: '{"name":"Zoé"}', flaw: 'wrong-encoding' })
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{"name":"Zoé"}', 'utf16le')])
  assert.deepEqual(await readWhole(inPieces(wide, 3)), { text: '{"name":"Zoé"}' })
})

test('broken bytes come to an end, in bounded pieces', async () => {
  const sound = bytes(
    JSON.stringify({ resourceType: 'Bundle', entry: [{ resource: { id: 'x', name: ['é'] } }, { fullUrl: 'urn:x' }] }),
  )
  const runs = process.env.COURONNE_CAMPAIGN === '1' ? 100_000 : 2_000
  for (let run = 0; run < runs; run++) {
    const broken = damage(sound, generator(FUZZ_SEED + run))
    for (const split of [splitBundle, splitLines])
      for await (const { text } of split([broken])) assert.ok(text.length <= broken.length * 2, `seed ${FUZZ_SEED + run}`)
    await findRootType([broken])
  }
})
