/** What a clinical document codes, as entries: negative statements stay negative, and what nobody knows is nothing. */
import type { ClinicalStatement } from '@couronne/formats'
import { isCcamCode, isTooth, KINDS, TEETH_SNOMED } from '#patients'
import type { Finding } from '../findings.ts'
import type { MappedRow } from '../mapped-row.ts'
import { toLine } from '../values.ts'

const SNOMED = '2.16.840.1.113883.6.96'
const ATC = '2.16.840.1.113883.6.73'
const CCAM_SYSTEMS = ['1.2.250.1.213.2.5', '1.2.250.1.215.300.1']
/** No known allergy; nothing of the category is there. */
const NONE_KNOWN = new Set([`${SNOMED}|716186003`, `${SNOMED}|160244002`])
/** No known problem, no current treatment. */
const NO_PROBLEM = new Set([`${SNOMED}|160245001`])
const NO_TREATMENT = new Set([`${SNOMED}|182849000`, `${SNOMED}|787481004`])
const TEETH_BY_SNOMED: ReadonlyMap<string, string> = new Map(Object.entries(TEETH_SNOMED).map(([fdi, [code]]) => [code, fdi]))

export function mapStatement(statement: ClinicalStatement, key: string, patientKey: string): MappedRow {
  const findings: Finding[] = []
  const base = { key, patientKey, findings }
  const words = line(statement.words ?? statement.code?.label)
  if (words === undefined && !statement.isNegated) return { ...base, findings: [{ code: 'nothing-said' }] }
  if (statement.status === 'aborted' || statement.status === 'cancelled' || statement.status === 'nullified')
    return { ...base, findings: [{ code: 'entered-in-error' }] }
  const content = statement.kind === 'procedure' ? procedure(statement, words ?? '') : alert(statement, words)
  if (content === undefined) return { ...base, findings: [{ code: 'kind-unknown' }] }
  const fits = KINDS[content.kind].schema.safeParse(content.body).success
  return fits ? { ...base, content: { kind: 'entry', content } } : { ...base, findings: [{ code: 'does-not-fit' }] }
}

/** An act that was not done is none. */
function procedure({ code, from, sites, isNegated }: ClinicalStatement, label: string) {
  if (isNegated) return undefined
  const isCcam = code !== undefined && CCAM_SYSTEMS.includes(code.system) && isCcamCode(code.code)
  const teeth = sites.map((site) => TEETH_BY_SNOMED.get(site.code) ?? site.code).filter(isTooth)
  const body = clean({
    code: { system: isCcam ? 'ccam' : 'local', code: (code?.code ?? label).slice(0, 40), label },
    status: 'done',
    teeth: [...new Set(teeth)].map((fdi) => ({ fdi, surfaces: [] })),
    performedOn: from,
  })
  return { kind: 'procedure' as const, body }
}

function alert({ kind, code, from, to, isNegated }: ClinicalStatement, words: string | undefined) {
  const name = `${code?.system}|${code?.code}`
  const isNone = kind === 'allergy' ? NONE_KNOWN.has(name) : kind === 'problem' ? NO_PROBLEM.has(name) : NO_TREATMENT.has(name)
  const isAnticoagulant = code?.system === ATC && code.code.startsWith('B01')
  const category =
    kind === 'allergy' ? 'allergy' : kind === 'problem' ? 'condition' : isAnticoagulant ? 'anticoagulant' : 'medication'
  const isAbsent = isNegated || isNone
  const coded = code === undefined || isNone ? undefined : { ...code, system: code.system || 'local' }
  const label = isNone ? undefined : words?.slice(0, 300)
  const body = isAbsent
    ? clean({ category, state: 'absent', code: coded, label, toldBy: 'document' })
    : clean({ category, state: 'present', code: coded, label, toldBy: 'document', from, to })
  return { kind: 'alert' as const, body }
}

function line(text: string | undefined): string | undefined {
  return (
    toLine((text ?? '').slice(0, 1_000))
      .slice(0, 500)
      .trim() || undefined
  )
}

function clean<T extends Record<string, unknown>>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
