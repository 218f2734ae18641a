import type { patients as French } from '../fr/patients.ts'

export const patients: typeof French = {
  searchWith: 'Look for a patient in the field at the top of the page: name, birth date, file number or telephone.',
}
