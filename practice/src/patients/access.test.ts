import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotAllowedError } from '#errors'
import { ROLES, type Role } from '#rights'
import { BreakGlassNeededError, decideAccess, requireRead, requireWrite } from './access.ts'

const account = (role: Role, accountId = 'me') => ({ role, accountId })

test('each role reads and writes what its work needs', () => {
  const access = (role: Role) => {
    const { reads, writes } = decideAccess(account(role), { patientId: 'p' })
    return [reads.join(), writes.join()]
  }
  assert.deepEqual(Object.fromEntries(ROLES.map((role) => [role, access(role)])), {
    owner: ['administrative,care,documents', 'administrative,care,documents'],
    practitioner: ['administrative,care,documents', 'administrative,care,documents'],
    assistant: ['administrative,documents', 'administrative,documents'],
    'it-provider': ['', ''],
    'data-protection-officer': ['', ''],
    auditor: ['', ''],
  })
})

test('an assistant is told that care opens when the glass is broken', () => {
  const access = decideAccess(account('assistant'), { patientId: 'p' })
  assert.throws(() => requireRead(access, 'care'), { code: 'break-glass-needed', about: { part: 'care', patientId: 'p' } })
})

test('broken glass lets an assistant read care and not write it', () => {
  const access = decideAccess(account('assistant'), { patientId: 'p', glassEndsAt: '2026-03-02T09:00:00.000Z' })
  requireRead(access, 'care')
  assert.throws(() => requireWrite(access, 'care'), NotAllowedError)
})

test('a limit shuts the record to whom it does not name, the owner too', () => {
  for (const role of ['owner', 'practitioner', 'assistant'] as const) {
    const access = decideAccess(account(role), { patientId: 'p', limitedTo: ['somebody else'] })
    assert.deepEqual([access.isShut, access.reads, access.writes], [true, [], []])
    assert.throws(() => requireRead(access, 'administrative'), BreakGlassNeededError)
    assert.throws(() => requireWrite(access, 'administrative'), { code: 'break-glass-needed' })
  }
})

test('a limit gives whom it names no more than their role', () => {
  const access = decideAccess(account('assistant'), { patientId: 'p', limitedTo: ['me'] })
  assert.deepEqual(access.reads, ['administrative', 'documents'])
})

test('a practitioner who has broken the glass of a limited record may treat, and so write', () => {
  const access = decideAccess(account('practitioner'), {
    patientId: 'p',
    limitedTo: ['x'],
    glassEndsAt: '2026-03-02T09:00:00.000Z',
  })
  requireWrite(access, 'care')
})

test('those who never open records are not sent to break the glass', () => {
  for (const role of ['it-provider', 'auditor', 'data-protection-officer'] as const)
    assert.throws(() => requireRead(decideAccess(account(role), { patientId: 'p' }), 'administrative'), NotAllowedError)
})
