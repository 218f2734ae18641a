/** Language and light or dark, on every page. */
import { useMantineColorScheme } from '@mantine/core'
import { LANGUAGES, type Language, useMessages, useSpeech } from '#messages'

export function LanguageChoice({ onChoose }: { readonly onChoose?: (language: Language) => void }) {
  const m = useMessages()
  const { language, speak } = useSpeech()
  return (
    <fieldset className="switch">
      <legend className="unseen">{m.shell.language}</legend>
      {LANGUAGES.map((each) => (
        <button
          key={each}
          type="button"
          lang={each}
          aria-pressed={each === language}
          onClick={() => {
            void speak(each)
            onChoose?.(each)
          }}
        >
          {m.shell.languages[each]}
        </button>
      ))}
    </fieldset>
  )
}

const SCHEMES = ['light', 'dark', 'auto'] as const

export function SchemeChoice() {
  const m = useMessages()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <fieldset className="switch">
      <legend className="unseen">{m.shell.scheme}</legend>
      {SCHEMES.map((each) => (
        <button key={each} type="button" aria-pressed={each === colorScheme} onClick={() => setColorScheme(each)}>
          {m.shell.schemes[each]}
        </button>
      ))}
    </fieldset>
  )
}
