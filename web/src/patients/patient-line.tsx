/** A patient as a line: enough to know them from their namesakes. */
import type { PatientLine } from '@couronne/practice/contract'
import { useMessages } from '#messages'
import { useAge, useDays } from './use-days.ts'

type Named = Pick<PatientLine, 'birthName' | 'givenNames'> & {
  readonly usedName?: string | undefined
  readonly usedGivenName?: string | undefined
}

/** As one says it: Anne Martin. */
export function spokenName({ birthName, usedName, givenNames, usedGivenName }: Named): string {
  return [usedGivenName ?? givenNames[0], usedName ?? birthName].filter((part) => part !== undefined).join(' ')
}

/** As two records of one name are told apart: Anne Martin, nom de naissance Durand. */
export function useFullName(): (named: Named) => string {
  const m = useMessages()
  return (named) =>
    named.usedName === undefined || named.usedName === named.birthName
      ? spokenName(named)
      : `${spokenName(named)}, ${m.patients.birthNameIs(named.birthName)}`
}

export function PatientFacts({ patient }: { readonly patient: PatientLine }) {
  const m = useMessages()
  const born = useBorn(patient)
  const { birthName, usedName, usedGivenName, givenNames, fileNumber, telephone, isLimited } = patient
  return (
    <>
      <span className="patient-name">
        <strong>{usedName ?? birthName}</strong> {usedGivenName ?? givenNames[0]}
        {isLimited && <span className="badge">{m.patients.limited}</span>}
        {usedName !== undefined && usedName !== birthName && <span className="aside">{m.patients.birthNameIs(birthName)}</span>}
      </span>
      <span>{born}</span>
      <span>{m.patients.fileIs(fileNumber)}</span>
      <span>{telephone}</span>
    </>
  )
}

/** née le 12/03/1950, 76 ans */
export function useBorn({
  bornOn,
  diedOn,
  sex,
}: {
  readonly bornOn?: string | undefined
  readonly diedOn?: string | undefined
  readonly sex: string
}): string {
  const m = useMessages()
  const days = useDays()
  const age = useAge(bornOn, diedOn)
  if (bornOn === undefined) return m.patients.bornUnknown
  const born = bornOn.length === 10 ? m.patients.born(days.short(bornOn), sex) : m.patients.bornIn(days.day(bornOn), sex)
  const died = diedOn === undefined ? undefined : m.patients.diedOn(days.short(diedOn))
  return [born, age, died].filter((part) => part !== undefined).join(', ')
}
