/**
 * `plural('fr', { one: 'une entrée', other: '# entrées' })(2)`: the form that the language wants, `#` replaced by the number.
 *
 * `zero`: as one says it of none, where the number 0 would read oddly
 */
export function plural(
  language: string,
  forms: { readonly zero?: string; readonly one: string; readonly other: string; readonly many?: string },
): (count: number) => string {
  const rules = new Intl.PluralRules(language)
  const numbers = new Intl.NumberFormat(language)
  return (count) => {
    if (count === 0 && forms.zero !== undefined) return forms.zero
    const rule = rules.select(count)
    const form = rule === 'one' ? forms.one : ((rule === 'many' ? forms.many : undefined) ?? forms.other)
    return form.replaceAll('#', numbers.format(count))
  }
}
