import type { PracticeRole } from '@couronne/practice/contract'
import { useFormat, useMessages } from '#messages'

/** `Titulaire depuis le 1er janvier 2020` */
export function useContractWords(): (contract: PracticeRole) => string {
  const m = useMessages()
  const format = useFormat()
  return ({ status, fromOn, toOn }) =>
    m.people.contract(m.people.contracts[status], format.day(fromOn), toOn === undefined ? undefined : format.day(toOn))
}
