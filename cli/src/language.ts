/** French first; English for whoever's system speaks it. */
export type Language = 'fr' | 'en'

/** A text in both languages. */
export interface Text {
  readonly fr: string
  readonly en: string
}

/** What stands behind a count. French has the singular for nought and one, English for one alone. */
export function wordsFor(count: number, one: Text, several: Text): Text {
  return { fr: count > 1 ? several.fr : one.fr, en: count === 1 ? one.en : several.en }
}

/** `COURONNE_LANG`, else the system's language when it is English, else French. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const asked = env.COURONNE_LANG || env.LC_ALL || env.LC_MESSAGES || env.LANG || languageOfWindows()
  return asked.toLowerCase().startsWith('en') ? 'en' : 'fr'
}

/** Windows says it nowhere in the environment; elsewhere what the library would guess is English for everybody. */
function languageOfWindows(): string {
  return process.platform === 'win32' ? new Intl.DateTimeFormat().resolvedOptions().locale : ''
}
