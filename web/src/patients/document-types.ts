/** Types of documents in the words of a dental practice; the nomenclature's own stand in `DOCUMENT_TYPES`. */
import { DOCUMENT_TYPES } from '@couronne/practice/contract'
import type { Messages } from '#messages'

/** What a practice files most, in that order. */
export const OFTEN_TYPES: readonly string[] = [
  '18748-4',
  '52040-3',
  '51851-4',
  '57833-6',
  '96349-6',
  '59284-0',
  '74465-6',
  '11488-4',
  '77604-7',
  '101881-1',
  '89601-9',
  'PIECE-IDENTITE',
]

interface Named {
  readonly code: string
  readonly label: string
}

/** @param type of the list, or from elsewhere with its own label */
export function documentTypeInWords({ code, label }: Named, m: Messages): string {
  return (m.patients.documentTypes as Readonly<Record<string, string>>)[code] ?? label
}

export interface TypeChoice {
  readonly value: string
  readonly label: string
}

/** The few in plain words; the one that is chosen is among them, whatever it is. */
export function oftenTypes(chosen: Named | undefined, m: Messages): TypeChoice[] {
  const often = OFTEN_TYPES.flatMap((code) => DOCUMENT_TYPES.filter((type) => type.code === code))
  const isThere = chosen === undefined || often.some(({ code }) => code === chosen.code)
  return [...often, ...(isThere ? [] : [chosen])].map((type) => ({ value: type.code, label: documentTypeInWords(type, m) }))
}

/** All of them, as the nomenclature has them. */
export function allTypes(chosen: Named | undefined): TypeChoice[] {
  const isThere = chosen === undefined || DOCUMENT_TYPES.some(({ code }) => code === chosen.code)
  return [...(isThere ? [] : [chosen]), ...DOCUMENT_TYPES].map(({ code, label }) => ({ value: code, label }))
}
