/** One row with what people have decided about it: under which key, whose it is, what is still to be said of it. Pure. */
import { type Finding, IGNORED, isRefusal, type MappedRow } from '#sources'
import { type Decisions, keyOfItsOwn } from '../decisions.ts'

export interface DecidedRow {
  readonly key: string | undefined
  /** of ours, whatever the source says */
  readonly patientId: string | undefined
  readonly findings: readonly Finding[]
}

/** What somebody may take over all the same: the columns are read as they stand, and the row gets a key of its own. */
const ACCEPTABLE: ReadonlySet<string> = new Set(['columns-differ', 'line-too-long', 'test-patient'])

export interface RowToDecide {
  readonly table: string
  readonly digest: string
  readonly isPatient: boolean
  readonly findings: readonly Finding[]
  readonly made: MappedRow
  /** whether another row of the table has its key and says something else */
  readonly isKeyTaken: boolean
  /** whether the source has the patient */
  readonly hasPatient: boolean
  /** a patient of ours whom the row names by their file number */
  readonly ours?: string | undefined
  /** whether that patient is kept out by a decision */
  readonly isOfIgnored: boolean
}

export function decideRow(decisions: Decisions, row: RowToDecide): DecidedRow {
  const { made, digest } = row
  const answer = decisions.row(row.table, digest)
  const patient = made.patientKey === undefined ? undefined : decisions.patient(made.patientKey)
  const isLetIn = row.isPatient && made.key !== undefined ? decisions.isLetIn(made.key) : undefined
  const isAccepted = answer?.kind === 'accept'
  const patientId = answer?.kind === 'relink' ? answer.patientId : row.hasPatient ? undefined : (patient ?? row.ours)
  const isOut = answer?.kind === 'ignore' || (patient === null && !row.hasPatient) || isLetIn === false || row.isOfIgnored
  const findings = row.findings.filter(
    ({ code }) => !(isAccepted && ACCEPTABLE.has(code)) && !(isLetIn === true && code === 'test-patient'),
  )
  const key = isAccepted && row.isKeyTaken && made.key !== undefined ? keyOfItsOwn(made.key, digest) : made.key
  if (row.isKeyTaken && !isAccepted) findings.push({ code: 'key-taken' })
  if (made.patientKey !== undefined && !row.hasPatient && patientId === undefined) findings.push({ code: 'patient-unknown' })
  return {
    key,
    patientId,
    findings: isOut ? [...findings.filter((finding) => !isRefusal(finding)), { code: IGNORED }] : findings,
  }
}
