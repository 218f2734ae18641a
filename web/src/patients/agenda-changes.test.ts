import assert from 'node:assert/strict'
import { afterEach, mock, test } from 'node:test'
import { moveAppointment, setAppointmentState } from './agenda-changes.ts'

const ENTRY = { id: 'e1', version: 2, patient: { id: 'p1' } }
const BODY = {
  startsAt: '2027-03-09T14:00',
  zone: 'Europe/Paris',
  minutes: 30,
  practitionerId: '01890000-0000-7000-8000-000000000001',
  reason: 'Détartrage',
  state: 'booked',
  note: 'Vient en taxi',
}

afterEach(() => mock.restoreAll())

test('an appointment is moved with what the list does not tell, over the version that was seen', async () => {
  const sent = serve({ ...BODY, state: 'cancelled' })
  await moveAppointment(ENTRY, { startsAt: '2027-03-10T09:00', minutes: 45 }, 'Déplacé', 'key')
  const { practitionerId: _p, reason: _r, ...others } = BODY
  assert.deepEqual(sent, [
    {
      kind: 'appointment',
      body: { ...others, startsAt: '2027-03-10T09:00', minutes: 45 },
      expectedVersion: 2,
      reason: 'Déplacé',
    },
  ])
})

test('an appointment whose content was destroyed is not said to be moved, nor changed', async () => {
  const sent = serve(null)
  const moving = moveAppointment(ENTRY, { startsAt: '2027-03-10T09:00', minutes: 45 }, 'Déplacé', 'key')
  await assert.rejects(moving, { code: 'not-found' })
  await assert.rejects(setAppointmentState(ENTRY, 'kept', 'Changé'), { code: 'not-found' })
  assert.deepEqual(sent, [])
})

/** @returns what it was asked to write */
function serve(body: unknown): unknown[] {
  const sent: unknown[] = []
  mock.method(globalThis, 'fetch', async (_url: string, init: RequestInit) => {
    if (init.method !== 'GET') sent.push(JSON.parse(String(init.body)))
    return Response.json(ANSWER(body))
  })
  return sent
}

const ANSWER = (body: unknown) => ({
  id: '01890000-0000-7000-8000-000000000002',
  kind: 'appointment',
  version: 3,
  state: 'current',
  createdAt: '2027-03-01T08:00:00.000Z',
  changedAt: '2027-03-01T08:00:00.000Z',
  recordedBy: { id: '01890000-0000-7000-8000-000000000003' },
  body,
})
