/** PDUs and command sets: what is written is read again, and whatever else comes is a value or a typed error, soon. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CommandSet, decodeCommandSet, encodeCommandSet } from './command-set.ts'
import { decodePdu, decodePduHeader, encodePdu, MalformedPduError, PDU_HEADER_BYTES, type Pdu } from './pdu.ts'
import { isStorageClass, isUid, VERIFICATION } from './uids.ts'

const RUNS = process.env.COURONNE_CAMPAIGN === '1' ? 200_000 : 2_000
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 2 ** 31)

const uid = fc.constantFrom('1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.2.1', '2.25.1', '1.2.3.04')
const title = fc.stringMatching(/^[A-Z0-9_]{1,16}$/)
const byte = fc.integer({ min: 0, max: 255 })
const user = fc.record({
  pduBytesMax: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  implementationClassUid: uid,
  implementationVersion: title,
})
const members = { calledAeTitle: title, callingAeTitle: title, user }
const proposed = fc.record({
  id: fc.integer({ min: 0, max: 127 }).map((n) => 2 * n + 1),
  abstractSyntax: uid,
  transferSyntaxes: fc.array(uid, { minLength: 1, maxLength: 4 }),
})
const answered = fc.record({ id: byte, result: fc.constantFrom(0 as const, 3 as const, 4 as const), transferSyntax: uid })
const pdv = fc.record({
  contextId: byte,
  isCommand: fc.boolean(),
  isLast: fc.boolean(),
  fragment: fc.uint8Array({ maxLength: 40 }),
})

const pdu: fc.Arbitrary<Pdu> = fc.oneof(
  fc.record({
    kind: fc.constant('associate-request' as const),
    ...members,
    contexts: fc.uniqueArray(proposed, { selector: ({ id }) => id, minLength: 1, maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('associate-accept' as const), ...members, contexts: fc.array(answered, { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('associate-reject' as const), result: byte, source: byte, reason: byte }),
  fc.record({ kind: fc.constant('data' as const), pdvs: fc.array(pdv, { maxLength: 4 }) }),
  fc.constantFrom({ kind: 'release-request' as const }, { kind: 'release-reply' as const }),
  fc.record({ kind: fc.constant('abort' as const), source: byte, reason: byte }),
)

function decode(bytes: Uint8Array): Pdu {
  const { type, lengthBytes } = decodePduHeader(bytes)
  assert.equal(lengthBytes, bytes.length - PDU_HEADER_BYTES)
  return decodePdu(type, bytes.subarray(PDU_HEADER_BYTES))
}

test('a PDU that was written is read as it was', () => {
  fc.assert(
    fc.property(pdu, (each) => {
      const read = decode(encodePdu(each))
      if (each.kind === 'data' && read.kind === 'data') assert.deepEqual(read.pdvs.map(plain), each.pdvs.map(plain))
      else assert.deepEqual(read, copyOf(each))
    }),
  )
})

/** fast-check's records have no prototype. */
function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

function plain({ fragment, ...rest }: { readonly fragment: Uint8Array }) {
  return { ...rest, fragment: [...fragment] }
}

test('a command set that was written is read as it was', () => {
  const number = fc.integer({ min: 0, max: 65_535 })
  const command: fc.Arbitrary<CommandSet> = fc
    .record({
      field: fc.constantFrom(1, 0x8001, 0x30, 0x8030),
      messageId: number,
      sopClassUid: uid,
      sopInstanceUid: uid,
      hasDataSet: fc.boolean(),
      status: number,
    })
    .map((each) => (each.field > 0x8000 ? { ...each, respondsTo: each.messageId } : each))
  fc.assert(fc.property(command, (each) => assert.deepEqual(decodeCommandSet(encodeCommandSet(each)), copyOf(each))))
})

test('broken bytes are a value or a typed error', (context) => {
  context.diagnostic(`COURONNE_SEED=${SEED}`)
  const broken = fc.tuple(pdu, fc.nat(), byte, fc.nat({ max: 60 }))
  fc.assert(
    fc.property(broken, ([each, at, value, cut]) => {
      const bytes = encodePdu(each)
      bytes[at % bytes.length] = value
      const rest = bytes.subarray(PDU_HEADER_BYTES, Math.max(PDU_HEADER_BYTES, bytes.length - (cut % 7)))
      orMalformed(() => decodePdu(decodePduHeader(bytes).type, rest))
      orMalformed(() => decodeCommandSet(rest))
    }),
    { numRuns: RUNS, seed: SEED },
  )
})

function orMalformed(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof MalformedPduError)) throw error
  }
}

test('what says more than it has, twice the same, or nothing, is refused', () => {
  const request = encodePdu({
    kind: 'associate-request',
    calledAeTitle: 'A',
    callingAeTitle: 'B',
    user: { pduBytesMax: 0, implementationClassUid: '1.2' },
    contexts: [{ id: 1, abstractSyntax: '1.2', transferSyntaxes: ['1.2'] }],
  })
  const rest = request.subarray(PDU_HEADER_BYTES)
  const without = (from: number, to = rest.length) => Uint8Array.from([...rest.subarray(0, from), ...rest.subarray(to)])
  for (const bad of [rest.subarray(0, 67), without(68), without(rest.length - 1), Uint8Array.from([0, 2, ...rest.subarray(2)])])
    assert.throws(() => decodePdu(1, bad), MalformedPduError)
  assert.throws(() => decodePdu(4, Uint8Array.of(0, 0, 0, 1, 1)), MalformedPduError)
  assert.throws(() => decodePdu(4, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 3)), MalformedPduError)
  assert.throws(() => decodePduHeader(Uint8Array.of(9, 0, 0, 0, 0, 0)), MalformedPduError)
})

test('whatever is stored is a storage class, also private ones and those to come; queries and worklists are none', () => {
  for (const stored of [
    '1.2.840.10008.5.1.4.1.1.66.4',
    '1.2.840.10008.5.1.4.1.1.9.1.1',
    '1.2.840.10008.5.1.4.1.1.999',
    '1.3.12.2.1107.5.9.1',
  ])
    assert.ok(isStorageClass(stored), stored)
  for (const other of [VERIFICATION, '1.2.840.10008.5.1.4.1.2.1.1', '1.2.840.10008.5.1.4.31', '1.2.840.10008.1.20.1', 'x', '1'])
    assert.ok(!isStorageClass(other), other)
  assert.ok(!isUid(`1.${'2'.repeat(63)}`) && isUid(`1.${'2'.repeat(62)}`))
})
