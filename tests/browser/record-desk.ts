/** A desk at a practice with a few invented patients, for whoever comes in at the door. */
import { makeSamplePractice } from '@couronne/practice'
import type { Page } from 'playwright-core'
import { Desk, type DeskOptions } from './desk.ts'

export const WHO = {
  owner: { login: 'camille', password: 'exemple-titulaire' },
  practitioner: { login: 'sacha', password: 'exemple-praticien' },
  assistant: { login: 'noa', password: 'exemple-assistante' },
  'it-provider': { login: 'informatique', password: 'exemple-informatique' },
  'data-protection-officer': { login: 'dpo', password: 'exemple-deleguee' },
  auditor: { login: 'audit', password: 'exemple-auditeur' },
} as const
export type Who = keyof typeof WHO

/** Two namesakes; one record with much in it, one with little; two of one person, who has married. */
export const RECORDS = (practitionerIds: readonly string[], today: Temporal.PlainDate) => [
  {
    identity: {
      fileNumber: '1042',
      birthName: 'Lefèvre',
      usedName: 'Beaulac',
      givenNames: ['Hélène', 'Marie'],
      sex: 'female',
      bornOn: '1956-03-12',
      telephones: [{ number: '06 99 00 12 31', use: 'mobile' }],
    },
    entries: [
      { kind: 'alert', body: { category: 'allergy', state: 'present', label: 'Pénicilline', severity: 'severe' } },
      { kind: 'alert', body: { category: 'anticoagulant', state: 'present', label: 'Apixaban 5 mg' } },
      { kind: 'alert', body: { category: 'infection', state: 'absent' } },
      {
        kind: 'procedure',
        body: {
          code: { system: 'ccam', code: 'HBMD049', label: 'Restauration d’une dent d’un secteur prémolomolaire sur 2 faces' },
          status: 'billed',
          teeth: [{ fdi: '36', surfaces: ['M', 'O'] }],
          performedOn: '2024-05-14',
          practitionerId: practitionerIds[0],
          feeCents: 5061,
        },
      },
      {
        kind: 'procedure',
        body: {
          code: { system: 'ccam', code: 'HBLD073', label: 'Pose d’une couronne dentoportée zircone sur une molaire' },
          status: 'planned',
          teeth: [{ fdi: '26', surfaces: [] }],
          practitionerId: practitionerIds[0],
        },
      },
      {
        kind: 'observation',
        body: {
          category: 'tooth-chart',
          on: '2024-05-02',
          practitionerId: practitionerIds[0],
          findings: [
            { fdi: '46', state: 'missing', surfaces: [] },
            { fdi: '16', state: 'caries', surfaces: ['O', 'D'] },
            { fdi: '11', state: 'crown', surfaces: [] },
            { fdi: '21', state: 'root-filled', surfaces: [] },
            { fdi: '14', state: 'sound', surfaces: [] },
          ],
        },
      },
      {
        kind: 'device',
        body: {
          category: 'implant',
          label: 'Implant 4 × 10 mm',
          lot: 'L2291',
          udi: '(01)0123',
          teeth: [{ fdi: '46', surfaces: [] }],
          placedOn: '2025-02-10',
        },
      },
      {
        kind: 'quote',
        body: {
          state: 'handed',
          madeOn: '2026-06-01',
          lines: [
            {
              label: 'Couronne zircone sur 26',
              feeCents: 55_000,
              deviceCents: 24_000,
              reimbursedCents: 7_200,
              basket: 'moderated',
              materials: 'Zircone',
              madeIn: 'FR',
              subcontracting: 'part',
              subcontractedIn: 'DE',
            },
          ],
          alternative: 'Couronne métallique, sans reste à payer.',
        },
      },
      { kind: 'observation', body: { category: 'note', on: '2025-01-09', text: 'Douleur au froid, secteur 2.' } },
      {
        kind: 'appointment',
        body: {
          startsAt: `${today}T09:30`,
          zone: 'Europe/Paris',
          minutes: 45,
          state: 'booked',
          practitionerId: practitionerIds[0],
          reason: 'Empreinte 26',
        },
      },
    ],
  },
  {
    identity: {
      fileNumber: '2077',
      birthName: 'Beaulac',
      givenNames: ['Hélène'],
      sex: 'female',
      bornOn: '2019-11-02',
      telephones: [{ number: '06 99 00 12 32' }],
    },
    entries: [],
  },
  {
    identity: { fileNumber: '3001', birthName: 'Montvent', givenNames: ['Zoé'], sex: 'female', bornOn: '1982' },
    entries: [],
  },
  {
    identity: {
      fileNumber: '4001',
      birthName: 'Kinerel',
      givenNames: ['Lise'],
      sex: 'female',
      bornOn: '1974-08-21',
      telephones: [{ number: '06 99 00 12 40' }],
    },
    entries: [{ kind: 'alert', body: { category: 'allergy', state: 'present', label: 'Latex', severity: 'severe' } }],
  },
  {
    identity: {
      fileNumber: '4002',
      birthName: 'Ostrand',
      usedName: 'Kinerel',
      givenNames: ['Lise'],
      sex: 'female',
      bornOn: '1974-08-21',
      telephones: [{ number: '+33 6 99 00 12 40' }],
    },
    entries: [{ kind: 'observation', body: { category: 'note', on: '2025-03-11', text: 'Contrôle annuel.' } }],
  },
]

export async function openRecordDesk(): Promise<Desk> {
  const desk = await Desk.open()
  await makeSamplePractice(desk.app.installation, ({ practitionerIds, today }) => RECORDS(practitionerIds, today), 'fr')
  return desk
}

/** Signed in, on a page. */
export async function enter(desk: Desk, who: Who, path = '/', options: DeskOptions = {}): Promise<Page> {
  const page = await desk.browse('/sign-in', options)
  await desk.signIn(page, WHO[who].login, WHO[who].password)
  if (path !== '/') await page.goto(path)
  return page
}

/** By the search field, to the record of who was born then. */
export async function openRecord(page: Page, name: string, born: string): Promise<void> {
  await page.locator('#search').fill(name)
  await page.getByRole('option').filter({ hasText: born }).click()
  await page.locator('.record h1').waitFor()
}
