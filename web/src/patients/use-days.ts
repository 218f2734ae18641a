/** Days and ages in the reader's language. */
import { useMemo } from 'react'
import { useMessages, useSpeech } from '#messages'
import { todayIso } from '#messages/today'
import { ageInWords, ageOn, type Days, makeDays } from './days.ts'

export function useDays(): Days {
  const { language } = useSpeech()
  return useMemo(() => makeDays(language), [language])
}

export function useAge(bornOn: string | undefined, diedOn?: string): string | undefined {
  const m = useMessages()
  return ageInWords(ageOn(bornOn, diedOn === undefined ? todayIso() : diedOn), m)
}
