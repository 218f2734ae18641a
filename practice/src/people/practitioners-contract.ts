/** Who practises here, under which contract, when. */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { day, id, label } from './contract-fields.ts'

/** Under which contract somebody practises: decides whose the patients are, and what leaves with whom. */
export const PRACTICE_ROLE_STATUSES = [
  'titulaire',
  'associe',
  'collaborateur-liberal',
  'collaborateur-salarie',
  'remplacant',
  'gerant-de-selarl',
  'etudiant-adjoint',
] as const

export const practiceRoleSchema = z
  .object({
    id,
    status: z.enum(PRACTICE_ROLE_STATUSES),
    fromOn: day,
    /** the last day; absent: still */
    toOn: day.optional(),
  })
  .meta({ id: 'PracticeRole' })
export type PracticeRole = z.output<typeof practiceRoleSchema>

export const practitionerSchema = z
  .object({
    id,
    familyName: z.string(),
    givenName: z.string(),
    /** 11 digits, the last of which checks the others */
    rpps: z.string().optional(),
    /** oldest first */
    roles: z.array(practiceRoleSchema),
  })
  .meta({ id: 'Practitioner' })
export type Practitioner = z.output<typeof practitionerSchema>

/** The contract that holds on a day, its first and its last included; no two do on the same. */
export function roleOn({ roles }: Practitioner, day: string): PracticeRole | undefined {
  return roles.find(({ fromOn, toOn }) => fromOn <= day && (toOn === undefined || day <= toOn))
}

export const listPractitioners = endpoint({
  method: 'GET',
  path: '/api/practitioners',
  summary: 'Who practises or has practised here, by name, with the contract and its dates.',
  permission: 'people.read',
  reply: z.object({ practitioners: z.array(practitionerSchema) }),
})

const rpps = z.string().trim().max(20)
const roleFacts = { status: z.enum(PRACTICE_ROLE_STATUSES), fromOn: day, toOn: day.optional() }

export const addPractitioner = endpoint({
  method: 'POST',
  path: '/api/practitioners',
  summary: 'Adds a practitioner with the first contract.',
  permission: 'people.write',
  journal: 'practitioner.created',
  body: z.strictObject({ familyName: label, givenName: label, rpps: rpps.optional(), role: z.strictObject(roleFacts) }),
  reply: practitionerSchema,
  status: 201,
})

const practitionerParams = z.object({ practitionerId: id })

export const changePractitioner = endpoint({
  method: 'PATCH',
  path: '/api/practitioners/:practitionerId',
  summary: 'Corrects a practitioner’s name or RPPS number.',
  permission: 'people.write',
  journal: 'practitioner.changed',
  params: practitionerParams,
  body: z.strictObject({ familyName: label.optional(), givenName: label.optional(), rpps: rpps.nullable().optional() }),
  reply: practitionerSchema,
})

export const addPracticeRole = endpoint({
  method: 'POST',
  path: '/api/practitioners/:practitionerId/roles',
  summary: 'Adds a contract; two may not hold on the same day.',
  permission: 'people.write',
  journal: 'practitioner.changed',
  params: practitionerParams,
  body: z.strictObject(roleFacts),
  reply: practitionerSchema,
  status: 201,
})

const roleParams = z.object({ practitionerId: id, roleId: id })

export const changePracticeRole = endpoint({
  method: 'PUT',
  path: '/api/practitioners/:practitionerId/roles/:roleId',
  summary: 'Ends a contract, or corrects it.',
  permission: 'people.write',
  journal: 'practitioner.changed',
  params: roleParams,
  body: z.strictObject(roleFacts),
  reply: practitionerSchema,
})

export const removePracticeRole = endpoint({
  method: 'DELETE',
  path: '/api/practitioners/:practitionerId/roles/:roleId',
  summary: 'Takes away a contract that was entered by mistake; the last one stays.',
  permission: 'people.write',
  journal: 'practitioner.changed',
  params: roleParams,
  reply: practitionerSchema,
})
