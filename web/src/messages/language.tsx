/** Which language the pages speak, and its catalogue. */
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import { type Format, makeFormat } from './format.ts'
import type { Messages } from './fr.ts'
import { typesetAll, typesetFrench } from './typeset.ts'

export const LANGUAGES = ['fr', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const STORED = 'couronne.language'

interface Speech {
  readonly language: Language
  readonly messages: Messages
  readonly format: Format
  readonly speak: (language: Language) => Promise<void>
}

const SpeechContext = createContext<Speech | undefined>(undefined)

/** What was chosen here before, else the browser's. */
export function preferredLanguage(): Language {
  const wanted = [readStored(), ...navigator.languages.map((each) => each.slice(0, 2))]
  return wanted.find((each): each is Language => LANGUAGES.includes(each as Language)) ?? 'fr'
}

export async function loadMessages(language: Language): Promise<Messages> {
  if (language === 'en') return (await import('./en.ts')).en
  return typesetAll((await import('./fr.ts')).fr, typesetFrench)
}

export function LanguageProvider({
  first,
  children,
}: {
  readonly first: { readonly language: Language; readonly messages: Messages }
  readonly children: ReactNode
}) {
  const [{ language, messages }, setSpoken] = useState(first)
  const speak = useCallback(async (wanted: Language) => {
    store(wanted)
    setSpoken({ language: wanted, messages: await loadMessages(wanted) })
  }, [])
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const speech = useMemo(() => ({ language, messages, speak, format: makeFormat(language) }), [language, messages, speak])
  return <SpeechContext value={speech}>{children}</SpeechContext>
}

export function useSpeech(): Speech {
  const speech = use(SpeechContext)
  if (speech === undefined) throw new Error('outside of LanguageProvider')
  return speech
}

/** The catalogue; called `m` everywhere, so that a test finds which texts are used. */
export function useMessages(): Messages {
  return useSpeech().messages
}

export function useFormat(): Format {
  return useSpeech().format
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORED)
  } catch {
    return null // storage is refused here: the browser's language will do
  }
}

function store(language: Language): void {
  try {
    localStorage.setItem(STORED, language)
  } catch {
    // not kept, and no harm done
  }
}
