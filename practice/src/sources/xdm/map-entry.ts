/** Patients and documents of an XDM medium, as they come into a record. */
import type { ClinicalDocument, ClinicalPatient, DocumentEntry, ForeignId } from '@couronne/formats'
import { dayOf } from '@couronne/formats'
import { findDocumentType, INS_OIDS, type InsKind, insDoubts, isIns, KINDS } from '#patients'
import type { Finding } from '../findings.ts'
import type { MappedRow } from '../mapped-row.ts'
import { toLine } from '../values.ts'

export interface PatientFacts {
  /** the first document entry that is about them */
  readonly entry: DocumentEntry
  /** the newest clinical document that is about them: it says more */
  readonly document: ClinicalDocument | undefined
}

const INS_KINDS: ReadonlyMap<string, InsKind> = new Map(
  Object.entries(INS_OIDS).map(([kind, oid]) => [oid, kind as InsKind] as const),
)
/** Of the CI-SIS: the national numbers of professionals. */
const PROFESSIONAL = /^8?(\d{11})$/
const LOINC_OIDS: Readonly<Record<string, string>> = { '2.16.840.1.113883.6.1': 'http://loinc.org' }
const RESTRICTED: Readonly<Record<string, string>> = { R: 'restricted', V: 'very-restricted' }
/** An illustration, where the medium does not say what a file is. */
const TYPE_OTHERWISE = '52040-3'

/** The number under which the medium has a patient, with who gave it. */
export function patientKeyOf({ patientId, sourcePatientId }: DocumentEntry): string | undefined {
  const id = patientId ?? sourcePatientId
  return id === undefined ? undefined : `${id.system}|${id.value}`
}

export function mapPatient(key: string, { entry, document }: PatientFacts): MappedRow {
  const findings: Finding[] = []
  const patient = document?.patient ?? fromPid(entry)
  const birthName = line(patient.birthName ?? patient.familyName, 100)
  if (birthName === undefined) return { key, findings: [{ code: 'name-missing' }] }
  if (patient.birthName === undefined) findings.push({ code: 'birth-name-assumed' })
  const sex = patient.gender === 'F' ? 'female' : patient.gender === 'M' ? 'male' : 'unknown'
  const ids = [entry.patientId, entry.sourcePatientId, ...patient.ids].filter((id) => id !== undefined)
  const ins = insOf(ids, findings)
  if (ins !== undefined && insDoubts(ins.number, { sex, bornOn: patient.bornOn }).length > 0)
    findings.push({ code: 'insured-number-of-another' })
  const usedName = line(patient.familyName, 100)
  const identity = clean({
    fileNumber: line(ids.find(({ system }) => !INS_KINDS.has(system))?.value ?? ids[0]?.value, 40),
    birthName,
    usedName: usedName === birthName ? undefined : usedName,
    givenNames: patient.givenNames
      .map((name) => line(name, 100))
      .filter((name) => name !== undefined)
      .slice(0, 20),
    sex,
    bornOn: patient.bornOn,
    birthPlace: /^(\d{2}|2[AB])\d{3}$/.test(patient.birthPlace ?? '') ? patient.birthPlace : undefined,
    birthPlaceName: line(patient.birthPlaceName, 100),
    // The medium says what its sender knows; whoever receives it has checked nothing yet.
    status: ins === undefined ? 'provisional' : 'recovered',
    ins,
    ...reach(patient.telecoms),
    addresses: patient.addresses.map(({ lines, postalCode, town }) =>
      clean({
        lines: lines
          .map((each) => line(each, 200))
          .filter((each) => each !== undefined)
          .slice(0, 6),
        postalCode: line(postalCode, 20),
        town: line(town, 100),
      }),
    ),
  })
  const fits = KINDS.identity.schema.safeParse({ ...identity, fileNumber: identity.fileNumber ?? '1' }).success
  return fits
    ? { key, findings, content: { kind: 'patient', identity } }
    : { key, findings: [...findings, { code: 'does-not-fit' }] }
}

/** Fields of HL7 v2, where no clinical document says who it is: `NAME^GIVEN^^^^^L`, legal and displayed. */
function fromPid({ sourcePatientInfo: info }: DocumentEntry): ClinicalPatient {
  const names = (info.get('PID-5') ?? []).flatMap((value) => value.split('~')).map((value) => value.split('^'))
  const legal = names.find((parts) => parts[6] === 'L') ?? names[0] ?? []
  const used = names.find((parts) => parts[6] === 'D')
  const [street = '', , town, , postalCode] = (info.get('PID-11')?.[0] ?? '').split('^')
  return {
    ids: [],
    birthName: legal[6] === 'L' ? legal[0] || undefined : undefined,
    familyName: (used ?? legal)[0] || undefined,
    givenNames: [legal[1] ?? '', ...(legal[2] ?? '').split(/[\s,]+/)].filter((name) => name !== ''),
    gender: info.get('PID-8')?.[0],
    bornOn: dayOf(info.get('PID-7')?.[0]),
    birthPlace: undefined,
    birthPlaceName: undefined,
    addresses:
      street === '' && !town
        ? []
        : [
            {
              lines: street === '' ? [] : [street],
              postalCode: postalCode || undefined,
              town: town || undefined,
              country: undefined,
            },
          ],
    telecoms: [],
  }
}

function insOf(ids: readonly ForeignId[], findings: Finding[]) {
  const order: readonly InsKind[] = ['nir', 'nia', 'nir-test', 'nir-demo']
  const found = ids.flatMap(({ system, value }) => {
    const kind = INS_KINDS.get(system)
    if (kind === undefined) return []
    const number = value.replaceAll(/[\s.-]/g, '').toUpperCase()
    if (isIns(number)) return [{ number, kind }]
    findings.push({ code: 'insured-number-wrong' })
    return []
  })
  return found.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))[0]
}

function reach(telecoms: readonly string[]) {
  const telephones = telecoms.filter((each) => each.startsWith('tel:')).map((each) => each.slice(4))
  const emails = telecoms.filter((each) => each.startsWith('mailto:')).map((each) => each.slice(7))
  return {
    telephones: telephones.filter((number) => /^\+?[\d ()./-]{4,30}$/.test(number)).map((number) => ({ number })),
    emails: emails.filter((address) => /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(address)).map((address) => ({ address })),
  }
}

/** @param path of its file, from the top of the medium */
export function mapEntry(entry: DocumentEntry, path: string, patientKey: string | undefined): MappedRow {
  const key = entry.uniqueId ?? path
  const findings: Finding[] = patientKey === undefined ? [{ code: 'patient-unknown' }] : []
  if (entry.uri === undefined) findings.push({ code: 'file-missing' })
  const type = typeOf(entry, findings)
  const [author] = entry.authors
  const rpps = PROFESSIONAL.exec(author?.id ?? '')?.[1]
  const fileName = line(path.split('/').at(-1), 255)
  const about = clean({
    title: line(entry.title, 300) ?? type.label,
    type,
    madeOn: entry.createdOn,
    sensitivity: entry.confidentiality.map((code) => RESTRICTED[code]).find((each) => each !== undefined) ?? 'normal',
    fileName,
    note: entry.isDeprecated ? 'Remplacé dans la source' : undefined,
  })
  const fits = KINDS.document.schema.safeParse({ ...about, objectId: '1' }).success
  if (!fits) findings.push({ code: 'does-not-fit' })
  return {
    key,
    findings,
    ...(patientKey === undefined ? {} : { patientKey }),
    ...(author === undefined || author.name === '' ? {} : { practitioner: author.name }),
    ...(rpps === undefined ? {} : { rpps }),
    ...(fits ? { content: { kind: 'file', path, about, expected: { sizeBytes: entry.sizeBytes, sha1: entry.hash } } } : {}),
  }
}

function typeOf({ type }: DocumentEntry, findings: Finding[]) {
  if (type === undefined) return { ...findDocumentType(TYPE_OTHERWISE)! }
  const known = findDocumentType(type.code)
  if (known !== undefined) return { ...known, label: line(type.label, 300) ?? known.label }
  findings.push({ code: 'type-unknown' })
  const system = line(LOINC_OIDS[type.system] ?? type.system, 200) ?? 'local'
  return { system, code: line(type.code, 60) ?? '?', label: line(type.label, 300) ?? type.code }
}

function line(text: string | undefined, charactersMax: number): string | undefined {
  return (
    toLine((text ?? '').slice(0, charactersMax * 2))
      .slice(0, charactersMax)
      .trim() || undefined
  )
}

function clean<T extends Record<string, unknown>>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
