/** Patients: finding one, opening a record. */
export { PatientsPage } from './patients-page.tsx'
