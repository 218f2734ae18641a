import { useFormat, useMessages } from '#messages'
import type { Contract } from './contracts.ts'

/** `Titulaire depuis le 1er janvier 2020` */
export function useContractWords(): (contract: Contract) => string {
  const m = useMessages()
  const format = useFormat()
  return ({ status, fromOn, toOn }) =>
    m.people.contract(m.people.contracts[status], format.day(fromOn), toOn === undefined ? undefined : format.day(toOn))
}
