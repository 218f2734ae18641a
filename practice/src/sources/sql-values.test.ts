/** What is pure of the drivers: SQL Server, which cannot run here, has nothing else that is tried. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TYPES } from 'tedious'
import { parseProfile } from './profile.ts'
import { type SqlSettings, tlsOf } from './sql/database.ts'
import { sqlServerConfig, sqlServerValue } from './sql/sql-server.ts'
import { ofLocalParts, textOfBytes, textOfDateTime, textOfFloat32 } from './sql/text-of.ts'

function settingsOf(source: object): SqlSettings {
  const { source: settings } = parseProfile(
    JSON.stringify({
      couronne: 'import-profile',
      name: 'database',
      title: { fr: 'Une base' },
      source: { type: 'sql', server: 'sqlserver', database: 'Cabinet', user: 'lecture', ...source },
      tables: [{ from: 'dbo.Patients', entity: 'patient', key: 'id', fields: { birthName: 'nom' } }],
    }),
  )
  if (settings.type !== 'sql') throw new Error('a database is meant')
  return settings
}

test('a value of SQL Server is the text that its own tools show', () => {
  const cases: readonly [keyof typeof TYPES, unknown, string | Uint8Array | null][] = [
    ['DateTime', new Date('2026-03-29T02:30:00.250Z'), '2026-03-29T02:30:00.250'],
    ['DateTime2', new Date('0001-01-01T00:00:00Z'), '0001-01-01'],
    ['SmallDateTime', new Date('1985-01-24T00:00:00Z'), '1985-01-24'],
    ['Date', new Date('1899-12-30T00:00:00Z'), '1899-12-30'],
    ['Time', new Date('1970-01-01T23:59:00Z'), '23:59:00'],
    ['DateTimeOffset', new Date('2026-03-12T09:15:00Z'), '2026-03-12T09:15:00.000Z'],
    ['BigInt', '9007199254740993', '9007199254740993'],
    ['Money', 28.92, '28.92'],
    ['Real', Math.fround(12.1), '12.1'],
    ['Bit', true, 'true'],
    ['NVarChar', 'L’Héritier', 'L’Héritier'],
    ['VarBinary', Buffer.from([0, 255]), Buffer.from([0, 255])],
    ['Int', null, null],
  ]
  for (const [name, value, expected] of cases)
    assert.deepEqual(sqlServerValue({ value, metadata: { type: TYPES[name] } }), expected, name)
})

test('SQL Server is asked for a certificate that proves who it is, a named instance by its name', () => {
  const access = (source: object) => ({ settings: settingsOf(source), password: 'x', authority: undefined })
  const { options, server } = sqlServerConfig(access({ host: 'srv\\DENTAL' }))
  assert.deepEqual([server, options.encrypt, options.trustServerCertificate], ['srv', true, false])
  assert.deepEqual(['instanceName' in options && options.instanceName, 'port' in options], ['DENTAL', false])
  assert.equal(sqlServerConfig(access({ host: '10.0.0.2', tls: 'unverified' })).options.trustServerCertificate, true)
  assert.equal(sqlServerConfig(access({ host: '10.0.0.2', tls: 'off' })).options.encrypt, false)
})

test('between machines the server proves who it is unless the profile says otherwise; on this one it need not', () => {
  assert.equal(tlsOf(settingsOf({ host: '192.168.1.10' })), 'verify')
  assert.equal(tlsOf(settingsOf({})), 'off')
  assert.equal(tlsOf(settingsOf({ tls: 'verify' })), 'verify')
})

test('a profile has no place for a password', () => {
  assert.throws(() => settingsOf({ password: 'x' }), { code: 'import-source' })
})

test('bytes are UTF-8 where they are well-formed, and windows-1252 elsewhere', () => {
  assert.equal(textOfBytes(Buffer.from('René €')), 'René €')
  assert.equal(textOfBytes(Buffer.from([0x52, 0xe9, 0x80])), 'Ré€')
  assert.equal(textOfBytes(Buffer.from([0x52, 0x82]), 'cp850'), 'Ré')
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => textOfBytes(Buffer.from(text)) === text.toWellFormed()))
})

test('a number of 32 bits is written so that it is read as the same', () => {
  fc.assert(
    fc.property(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      (value) => Math.fround(Number(textOfFloat32(value))) === value,
    ),
  )
})

test('a clock’s parts come through any time zone of this machine', () => {
  const shown = new Date(2026, 2, 12, 10, 15)
  assert.equal(textOfDateTime(ofLocalParts(shown)), '2026-03-12T10:15:00')
})
