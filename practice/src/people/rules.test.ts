import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { foldLogin } from './accounts.ts'
import { passwordProblem } from './password-rules.ts'
import { periodsMeet } from './practitioners.ts'
import { roleOn } from './practitioners-contract.ts'
import { isRpps, parseRpps, rppsOfNationalId } from './rpps.ts'
import { sessionState } from './session-rules.ts'
import { DEFAULT_SIGN_IN_SETTINGS } from './sign-in-settings.ts'
import { networkOf, waitSeconds } from './throttle.ts'

test('a login is the same with or without accents, capitals and spaces around', () => {
  for (const typed of ['Élodie', 'elodie ', 'E\u0301LODIE', 'ｅｌｏｄｉｅ']) assert.equal(foldLogin(typed), 'elodie')
})

suite('passwords', () => {
  const about = { login: 'camille', displayName: 'Dr Camille Exemple-Durand', practiceName: 'Cabinet du Vieux Port' }
  const problem = (password: string) => passwordProblem(password, about)

  test('twelve to two hundred characters, counted as a reader counts them', () => {
    assert.equal(problem('onze lettre'), 'too-short')
    assert.equal(problem('pluie-bleue-'), undefined)
    assert.equal(problem('🦷'.repeat(11)), 'too-short')
    assert.equal(problem(`x${'ab'.repeat(100)}`), 'too-long')
  })

  test('a long sentence is good, without capital, digit or sign', () => {
    assert.equal(problem('le chat gris dort sous la table'), undefined)
  })

  test('the commonest are refused, whatever decorates them', () => {
    for (const password of [
      'password1234',
      'Password!2026',
      'motdepasse2026!',
      'M0tDeP@sse12',
      'azertyuiop123',
      'dentistedentiste',
      '123456789012',
      'soleil-2026!!',
    ])
      assert.equal(problem(password), 'too-common', password)
  })

  test('one’s name, login or practice is no password', () => {
    for (const password of ['camille-2026!', 'CamilleExemple', 'ExempleDurand1975', 'cabinetduvieuxport', 'Vieux Port 13002'])
      assert.equal(problem(password), 'too-like-a-name', password)
  })

  test('a name may be part of a longer password', () => {
    assert.equal(problem('camille adore les orages de mars'), undefined)
  })

  test('one or two characters over and over are refused', () => {
    assert.equal(problem('aaaaaaaaaaaaaa'), 'one-character-repeated')
    assert.equal(problem('abababababababab'), 'one-character-repeated')
  })

  test('any text gets an answer', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (text) => void problem(text)))
  })
})

suite('RPPS', () => {
  test('the last digit checks the others', () => {
    const valid = Array.from({ length: 10 }, (_, digit) => `1000345678${digit}`).filter(isRpps)
    assert.equal(valid.length, 1)
  })

  test('one wrong digit is always noticed', () => {
    const digits = fc.tuple(fc.nat({ max: 9_999_999_999 }), fc.nat({ max: 10 }), fc.integer({ min: 1, max: 9 }))
    fc.assert(
      fc.property(digits, ([number, at, by]) => {
        const head = String(number).padStart(10, '0')
        const valid = Array.from({ length: 10 }, (_, digit) => `${head}${digit}`).find(isRpps) ?? ''
        const wrong = [...valid].map((digit, index) => (index === at ? String((Number(digit) + by) % 10) : digit)).join('')
        return isRpps(valid) && !isRpps(wrong)
      }),
    )
  })

  test('the vector of the standard, Luhn 79927398713', () => {
    assert.equal(parseRpps('799 2739 8713'), '79927398713')
    assert.throws(() => parseRpps('79927398710'), /does not check/)
    assert.throws(() => parseRpps('7992739871'), /11 digits/)
  })

  test('a national identifier holds it after an 8', () => {
    assert.equal(rppsOfNationalId('879927398713'), '79927398713')
    assert.equal(rppsOfNationalId('79927398713'), '79927398713')
    assert.equal(rppsOfNationalId('ANS20231122132732'), undefined)
  })
})

suite('waiting', () => {
  const at = Temporal.Instant.from('2026-03-02T08:00:00Z')

  test('the first failures cost nothing, then each doubles the wait, up to a quarter of an hour', () => {
    const waits = [4, 5, 6, 7, 14, 15, 60, 5_000].map((failures) => waitSeconds(failures, 5, at, at))
    assert.deepEqual(waits, [0, 1, 2, 4, 512, 900, 900, 900])
  })

  test('time passes', () => {
    assert.equal(waitSeconds(15, 5, at, at.add({ seconds: 899 })), 1)
    assert.equal(waitSeconds(15, 5, at, at.add({ seconds: 900 })), 0)
  })

  test('an IPv6 network counts as one address', () => {
    assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
    assert.equal(networkOf('2001:db8:1:2::9'), '2001:db8:1:2::/64')
    assert.equal(networkOf('::1'), '0:0:0:0::/64')
    assert.equal(networkOf('::ffff:192.168.1.4'), '192.168.1.4')
    assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
  })
})

suite('sessions', () => {
  const start = Temporal.Instant.from('2026-03-02T08:00:00Z')
  const stateAfter = (minutes: number, seen: number, locked?: number) =>
    sessionState(
      {
        createdAt: start,
        lastSeenAt: start.add({ minutes: seen }),
        lockedAt: locked === undefined ? undefined : start.add({ minutes: locked }),
        endedAt: undefined,
      },
      DEFAULT_SIGN_IN_SETTINGS,
      start.add({ minutes }),
    )

  test('the screen locks after ten minutes without anybody', () => {
    assert.equal(stateAfter(9, 0).kind, 'open')
    assert.deepEqual([stateAfter(10, 0).kind, stateAfter(12, 3).kind], ['locked', 'open'])
  })

  test('the session ends after an hour without anybody, locked or not', () => {
    assert.equal(stateAfter(59, 0, 10).kind, 'locked')
    const ended = stateAfter(60, 0, 10)
    assert.equal(ended.kind === 'ended' && ended.why, 'idle')
  })

  test('the session ends after twelve hours, however busy', () => {
    assert.equal(stateAfter(12 * 60 - 1, 12 * 60 - 1).kind, 'open')
    const ended = stateAfter(12 * 60, 12 * 60 - 1)
    assert.equal(ended.kind === 'ended' && ended.why, 'too-old')
  })
})

test('two contracts meet when they have a day in common', () => {
  assert.ok(periodsMeet({ fromOn: '2026-01-01' }, { fromOn: '2030-01-01', toOn: '2030-01-01' }))
  assert.ok(periodsMeet({ fromOn: '2026-01-01', toOn: '2026-03-31' }, { fromOn: '2026-03-31' }))
  assert.ok(!periodsMeet({ fromOn: '2026-01-01', toOn: '2026-03-31' }, { fromOn: '2026-04-01' }))
})

test('on a day the contract holds that has begun and not ended, on its first and last day too', () => {
  const role = (fromOn: string, toOn?: string) => ({ id: fromOn, status: 'remplacant' as const, fromOn, toOn })
  const roles = [role('2020-01-01', '2020-12-31'), role('2026-04-01', '2026-04-01'), role('2026-05-01')]
  const on = (day: string) => roleOn({ id: '1', familyName: 'Exemple', givenName: 'Sacha', roles }, day)?.fromOn
  assert.deepEqual(
    ['2019-12-31', '2020-01-01', '2020-12-31', '2021-01-01', '2026-04-01', '2026-04-02', '2026-05-01', '2099-01-01'].map(on),
    [undefined, '2020-01-01', '2020-01-01', undefined, '2026-04-01', undefined, '2026-05-01', '2026-05-01'],
  )
})
