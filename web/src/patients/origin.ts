/** Where something came from, and who wrote it, in words: devices and imports have no account. */
import type { Messages } from '#messages'

/** As the server writes it where no person wrote (`practice/src/patients/write.ts`). */
const PROGRAM = 'program'
/** `dicom:AETITLE`; `import:ID WHAT` and `source:WHAT`, of imports. */
const SOURCE = /^(?:(?<device>dicom):|import:\S+\s?|source:)(?<rest>.*)$/s

export function originInWords(source: string, m: Messages): string {
  const { device, rest = '' } = SOURCE.exec(source)?.groups ?? {}
  if (device !== undefined) return m.patients.originDevice(rest)
  return SOURCE.test(source) ? m.patients.originImport(rest) : source
}

export function writtenBy(
  {
    recordedBy,
    source,
  }: { readonly recordedBy: { readonly id: string; readonly name?: string | undefined }; readonly source?: string | undefined },
  m: Messages,
): string {
  const { id, name } = recordedBy
  if (name !== undefined) return name
  if (id !== PROGRAM) return m.patients.somebody
  return source === undefined ? m.patients.byProgram : m.patients.byProgramFrom(originInWords(source, m))
}
