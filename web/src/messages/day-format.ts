/** Days as the language writes them: French says `1er janvier`, which Intl does not. */
export function dayFormat(language: string, options: Intl.DateTimeFormatOptions): (date: Date) => string {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'fr-FR', options)
  if (language === 'en') return (date) => format.format(date)
  return (date) => format.format(date).replace(/(?<!\d)1(?= \p{L})/u, '1er')
}
