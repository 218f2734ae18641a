/** Values of any type in words, for what a record keeps as text. */
import { wordsOf } from './codings.ts'
import { isObject, type Json, joined, lineOf, object, textOf } from './json.ts'

/** Of the member `value…` that stands there. @returns undefined where there is none */
export function valueWords(holder: Json): string | undefined {
  const [name, value] = Object.entries(holder).find(([member]) => /^value[A-Z]/.test(member)) ?? []
  if (name === undefined) {
    const absent = wordsOf(holder.dataAbsentReason)
    return absent === undefined ? undefined : `non renseigné (${absent})`
  }
  if (typeof value === 'boolean') return value ? 'oui' : 'non'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return textOf(value)
  return isObject(value) ? objectWords(name, value) : undefined
}

function objectWords(name: string, value: Json): string | undefined {
  switch (name) {
    case 'valueQuantity':
      return quantity(value)
    case 'valueRange':
      return joined([quantity(object(value.low)), quantity(object(value.high))], ' à ')
    case 'valueRatio':
      return joined([quantity(object(value.numerator)), quantity(object(value.denominator))], ' / ')
    case 'valuePeriod':
      return joined([lineOf(value.start), lineOf(value.end)], ' – ')
    case 'valueReference':
      return lineOf(value.display)
    case 'valueAttachment':
      return lineOf(value.title)
    default:
      return wordsOf(value)
  }
}

function quantity({ comparator, value, unit, code }: Json): string | undefined {
  if (typeof value !== 'number') return undefined
  return joined([lineOf(comparator, 5), String(value), lineOf(unit, 50) ?? lineOf(code, 50)], ' ')
}
