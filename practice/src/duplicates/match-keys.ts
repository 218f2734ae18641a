/**
 * Under which keys a record stands, so that two who may be the same person share one, and few others do. Pure. Each is a shape of mistake:
 *
 * - `d`: born on one day, and one name sounds like one of the other's (a name of marriage, one slip, one name missing);
 * - `y`, `m`: both names sound alike, in either order, and the year or the day and month are the same (a birth date with one slip, or with
 *   day and month exchanged);
 * - `i`: one INS;
 * - `t`, `e`: one telephone or e-mail, and a given name that sounds alike (no birth date, another name).
 */
import type { Name, Traits } from './traits.ts'

/** A key has so many letters at most: names that begin alike for so long are alike. */
const SOUND_UNITS_MAX = 20

export function matchKeysOf(traits: Traits): string[] {
  const families = soundsOf([traits.birth, traits.used])
  const givens = soundsOf([traits.given[0], traits.usedGiven])
  const pairs = families.flatMap((family) => givens.map((given) => [family, given].toSorted().join('|')))
  const keys = [...(traits.ins === undefined ? [] : [`i${traits.ins.who}`])]
  if (traits.bornOn?.length === 10) {
    const [year = '', month = '', day = ''] = traits.bornOn.split('-')
    keys.push(...[...families, ...givens].map((sound) => `d${traits.bornOn}|${sound}`))
    keys.push(...pairs.flatMap((pair) => [`y${year}|${pair}`, `m${[month, day].toSorted().join('-')}|${pair}`]))
  } else if (traits.bornOn !== undefined) keys.push(...pairs.map((pair) => `y${traits.bornOn?.slice(0, 4)}|${pair}`))
  for (const given of givens) {
    for (const telephone of traits.telephones) keys.push(`t${telephone}|${given}`)
    for (const email of traits.emails) keys.push(`e${email}|${given}`)
  }
  return [...new Set(keys)].slice(0, KEYS_MAX)
}

/** Twenty telephones and as many e-mails may stand in an identity. */
const KEYS_MAX = 40

function soundsOf(names: readonly (Name | undefined)[]): string[] {
  const sounds = names.flatMap((name) =>
    name === undefined || name.whole === '' ? [] : [name.sound.slice(0, SOUND_UNITS_MAX).toWellFormed()],
  )
  return [...new Set(sounds)]
}
