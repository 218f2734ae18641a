/** Images in words: what sort of radiograph, of which teeth, of when; lengths; whom a header names. */
import { useMemo } from 'react'
import { type Messages, useSpeech } from '#messages'
import type { NamedInHeader } from './dicom/facts.ts'
import type { Length } from './length.ts'

/** A number as the reader writes it, with so many places at most. */
export type Numbers = (value: number, places: number) => string

export function useNumbers(): Numbers {
  const { language } = useSpeech()
  return useMemo(() => {
    const locale = language === 'en' ? 'en-GB' : 'fr-FR'
    return (value, places) => new Intl.NumberFormat(locale, { maximumFractionDigits: places }).format(value)
  }, [language])
}

export function lengthInWords({ kind, value }: Length, m: Messages, numbers: Numbers): string {
  return m.images.lengths[kind](numbers(value, kind === 'pixels' ? 0 : 1))
}

/** Panoramique, rétroalvéolaire… as a dentist says it; the code itself for what has no words. */
export function modalityInWords(modality: string, m: Messages): string {
  const words = m.images.modalities as Readonly<Record<string, string>>
  return Object.hasOwn(words, modality) ? (words[modality] as string) : modality
}

export function teethInWords(teeth: readonly string[], m: Messages): string | undefined {
  return teeth.length === 0 ? undefined : m.images.teeth(teeth)
}

export function nameInHeader(
  { familyName, givenNames, bornOn, number }: Partial<Record<keyof NamedInHeader, string | undefined>>,
  m: Messages,
): string {
  const name = [familyName, givenNames].filter((part) => part !== undefined).join(' ')
  return [
    name === '' ? undefined : name,
    bornOn === undefined ? undefined : m.images.bornOn(bornOn.split('-').toReversed().join('/')),
    number === undefined ? undefined : m.images.numberIs(number),
  ]
    .filter((part) => part !== undefined)
    .join(', ')
}
