/** French typography: the spaces that must not break are put where the rules of the Imprimerie nationale want them. */
const THIN = '\u202f'
const WIDE = '\u00a0'

export function typesetFrench(text: string): string {
  return text
    .replaceAll(/ ([;?!])/g, `${THIN}$1`)
    .replaceAll(/ ([:»%€])/g, `${WIDE}$1`)
    .replaceAll(/« /g, `«${WIDE}`)
    .replaceAll(/(\d) (?=\d{3}\b)/g, `$1${THIN}`)
}

/** The same catalogue, each text and what each function makes of its arguments passed through `typeset`. */
export function typesetAll<T>(catalogue: T, typeset: (text: string) => string): T {
  if (typeof catalogue === 'string') return typeset(catalogue) as T
  if (typeof catalogue === 'function') return ((...args: unknown[]) => typesetAll(catalogue(...args), typeset)) as T
  if (Array.isArray(catalogue)) return catalogue.map((each) => typesetAll(each, typeset)) as T
  if (typeof catalogue !== 'object' || catalogue === null) return catalogue
  return Object.fromEntries(Object.entries(catalogue).map(([name, each]) => [name, typesetAll(each, typeset)])) as T
}
