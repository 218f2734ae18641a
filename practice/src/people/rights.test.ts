import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concernsPatients, may, OTHER_PERMISSIONS, PATIENT_PERMISSIONS, RIGHTS, ROLES } from '#rights'

test('the IT provider never meets a patient', () => {
  for (const permission of PATIENT_PERMISSIONS) assert.ok(!may('it-provider', permission), permission)
})

test('every permission is held by the owner', () => {
  for (const permission of [...PATIENT_PERMISSIONS, ...OTHER_PERMISSIONS]) assert.ok(may('owner', permission), permission)
})

test('nobody but the owner changes the practice, or who may do what', () => {
  for (const role of ROLES.filter((each) => each !== 'owner'))
    for (const permission of ['practice.write', 'people.write'] as const)
      assert.ok(!may(role, permission), `${role}: ${permission}`)
})

test('everybody looks after their own account', () => {
  for (const role of ROLES) assert.ok(may(role, 'self'), role)
})

test('only practitioners and the owner see care', () => {
  assert.deepEqual(
    ROLES.filter((role) => may(role, 'care.read')),
    ['owner', 'practitioner'],
  )
})

test('an auditor reads and changes nothing, and meets no patient', () => {
  assert.deepEqual(RIGHTS.auditor.filter(concernsPatients), [])
  assert.deepEqual(
    RIGHTS.auditor.filter((permission) => permission.endsWith('.write')),
    [],
  )
})

test('the data-protection officer sees who looked at whom, and no record', () => {
  assert.deepEqual(RIGHTS['data-protection-officer'].filter(concernsPatients), ['journal.patients'])
})

test('who writes may read', () => {
  for (const role of ROLES)
    for (const permission of RIGHTS[role].filter((each) => each.endsWith('.write'))) {
      const read = permission.replace('.write', '.read')
      assert.ok((RIGHTS[role] as readonly string[]).includes(read), `${role}: ${permission}`)
    }
})

test('no permission is given twice to a role', () => {
  for (const role of ROLES) assert.equal(new Set(RIGHTS[role]).size, RIGHTS[role].length, role)
})
