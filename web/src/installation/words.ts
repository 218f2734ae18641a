/** Words of a recovery kit as people type them. */

/** Without capitals, accents and spaces: what the list of words is compared by. */
export function foldWord(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\s\d.,;]/gu, '')
    .toLowerCase()
}

/** The words in a text that was pasted: numbers and punctuation between them are how kits are printed. */
export function splitWords(text: string): readonly string[] {
  return text.split(/[\s,;.\d]+/).filter(Boolean)
}

/**
 * The list's word for what was typed: the word itself, or the only one that begins so (four letters tell all of BIP 39's words apart).
 *
 * @param list folded word → word
 */
export function findWord(typed: string, list: ReadonlyMap<string, string>): string | undefined {
  const folded = foldWord(typed)
  const exact = list.get(folded)
  if (exact !== undefined || folded.length < 4) return exact
  const found = [...list.keys()].filter((word) => word.startsWith(folded))
  return found.length === 1 ? list.get(found[0] as string) : undefined
}
