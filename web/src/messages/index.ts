/**
 * Every text of the pages, in French first. English has exactly the same keys, which its type checks; `messages.test.ts` finds texts that
 * nobody shows, and texts that stand in a page instead of here.
 */
export type { Format } from './format.ts'
export type { Messages } from './fr.ts'
export {
  LANGUAGES,
  type Language,
  LanguageProvider,
  loadMessages,
  preferredLanguage,
  useFormat,
  useMessages,
  useSpeech,
} from './language.tsx'
