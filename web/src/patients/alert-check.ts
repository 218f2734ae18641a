/** When an alert, present or absent, was last verified, and whether it is to be asked again: in words. */
import { addDays } from './days.ts'
import type { Words } from './words.ts'

/** A medical questionnaire is asked for anew after a year; what it told is as old. */
const CHECK_DAYS = 365

/** @param checkedOn absent: on a day that nobody knows */
export function checkInWords(checkedOn: string | undefined, today: string, { m, days }: Pick<Words, 'm' | 'days'>): string {
  if (checkedOn === undefined) return m.patients.neverChecked
  const day = days.short(checkedOn)
  return checkedOn < addDays(today, -CHECK_DAYS) ? m.patients.checkAgain(day) : m.patients.checkedOn(day)
}
