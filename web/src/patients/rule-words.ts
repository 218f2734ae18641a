/** The rules of completeness, in the reader's language. Their words come from the server, where a test holds them in both. */
import { type CompletenessRule, listCompletenessRules } from '@couronne/practice/contract'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call } from '#api'
import { useSpeech } from '#messages'
import { typesetFrench } from '#messages/typeset'

export const rulesQuery = queryOptions({
  queryKey: ['completeness', 'rules'],
  queryFn: ({ signal }) => call(listCompletenessRules, {}, { signal }),
  staleTime: 5 * 60_000,
})

export interface RuleWords {
  readonly rule: CompletenessRule
  readonly title: string
  readonly missing: readonly string[]
  readonly advice: string
  readonly reading: string | undefined
}

/** @returns undefined until they have come */
export function useRules(): ReadonlyMap<string, RuleWords> | undefined {
  const say = useSaid()
  const { data } = useQuery(rulesQuery)
  return useMemo(
    () =>
      data &&
      new Map(
        data.rules.map((rule): [string, RuleWords] => {
          const { title, missing, advice, reading } = rule
          return [
            rule.id,
            {
              rule,
              title: say(title),
              missing: missing.map(say),
              advice: say(advice),
              reading: reading === undefined ? undefined : say(reading),
            },
          ]
        }),
      ),
    [data, say],
  )
}

/** A text that the server has in both languages. */
export function useSaid(): (words: { readonly fr: string; readonly en: string }) => string {
  const { language } = useSpeech()
  return useMemo(
    () =>
      ({ fr, en }: { readonly fr: string; readonly en: string }) =>
        language === 'fr' ? typesetFrench(fr) : en,
    [language],
  )
}

/** What of a rule is missing, as the end of a sentence. */
export function missingOf(words: RuleWords | undefined, places: readonly number[]): readonly string[] {
  return places.flatMap((place) => words?.missing[place] ?? [])
}
