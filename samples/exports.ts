/** What the invented practice software writes: an SQLite database, and exports as CSV in windows-1252 with `;`, French dates and CRLF. */
import { DatabaseSync } from 'node:sqlite'
import { encodeWindows1252 } from './documents.ts'
import { frenchDay, type Person, type Procedure } from './people.ts'

export function encodePatientsCsv(people: readonly Person[]): Uint8Array {
  const rows = people.map((person) => [
    person.number,
    person.familyName,
    person.givenName,
    frenchDay(person.bornOn),
    person.sex,
    person.address,
    person.town,
    person.telephone,
    person.dentist,
  ])
  return encodeCsv(['NumPat', 'Nom', 'Prenom', 'DateNaiss', 'Sexe', 'Adresse', 'Ville', 'Tel', 'Praticien'], rows)
}

export function encodeProceduresCsv(procedures: readonly Procedure[]): Uint8Array {
  const rows = procedures.map((procedure) => [
    procedure.number,
    procedure.patient,
    frenchDay(procedure.on),
    procedure.code,
    procedure.tooth,
    procedure.label,
    frenchAmount(procedure.amountCents),
    procedure.note,
  ])
  return encodeCsv(['NumActe', 'NumPat', 'Date', 'Code', 'Dent', 'Libelle', 'Montant', 'Remarque'], rows)
}

/** A real SQLite database, closed and whole when this returns. Not encrypted: that is what practices have. */
export function writeDatabase(path: string, people: readonly Person[], procedures: readonly Procedure[]): void {
  using database = new DatabaseSync(path)
  database.exec(`
    pragma journal_mode = off; pragma synchronous = off; pragma page_size = 4096;
    create table patients (number integer primary key, family_name text, given_name text, born_on text, sex text, address text, town text,
      telephone text, dentist text);
    create table procedures (number integer primary key, patient integer references patients, done_on text, code text, tooth integer,
      label text, amount_cents integer, note text);
    begin;`)
  const patient = database.prepare('insert into patients values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  for (const p of people) {
    patient.run(p.number, p.familyName, p.givenName, String(p.bornOn), p.sex, p.address, p.town, p.telephone, p.dentist)
  }
  const procedure = database.prepare('insert into procedures values (?, ?, ?, ?, ?, ?, ?, ?)')
  for (const p of procedures) procedure.run(p.number, p.patient, String(p.on), p.code, p.tooth, p.label, p.amountCents, p.note)
  database.exec(
    'commit; create index procedures_patient on procedures (patient); create index procedures_day on procedures (done_on);',
  )
}

function encodeCsv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): Uint8Array {
  const quote = (value: string | number) =>
    /[;"\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value)
  return encodeWindows1252([header, ...rows].map((row) => `${row.map(quote).join(';')}\r\n`).join(''))
}

function frenchAmount(cents: number): string {
  return `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`
}
