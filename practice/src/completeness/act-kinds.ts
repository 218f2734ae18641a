/**
 * What kind of act an act is, by its code and by its words: CCAM, NGAP and what practice programs invent say it in different ways, and a
 * practice's past is full of all three. The words decide; letters alone are no proof (`patients/chart.ts`). Data and a pure function.
 */
import { findCcam, foldLetters } from '#patients'
import type { Tag } from './tags.ts'

interface ActKind {
  readonly tag: Tag
  /** of the folded label */
  readonly words?: RegExp
  /** of the code */
  readonly code?: RegExp
  /** words that say that it is something else */
  readonly not?: RegExp
}

const UNDONE = /\b(ablation|depose|descellement|rescellement|reparation|adjonction|changement|rebasage)\b/

export const ACT_KINDS: readonly ActKind[] = [
  // CCAM: third letter Q, examination; fourth letter K, by rays.
  { tag: 'imaging', code: /^[A-Z]{2}QK\d{3}$/ },
  {
    tag: 'imaging',
    words: /^(radiographies?|radio|panoramique|teleradiographie|retro.?alveolaire|bite.?wing|cone beam|cbct|scanner)\b/,
  },
  { tag: 'check', words: /^(consultation|examen|bilan|visite|controle|entretien)\b/ },
  {
    tag: 'prevention',
    words: /\b(detartrage|scellement prophylactique|comblement|vernis|fluor\w*|hygiene)\b/,
    not: /\bsurfacage\b/,
  },
  {
    tag: 'endodontics',
    words:
      /^(exerese (de la pulpe|du contenu canalaire)|traitement (endodontique|radiculaire|canalaire)|retraitement|pulpectomie|pulpotomie|devitalisation|obturation (canalaire|radiculaire))\b/,
  },
  {
    tag: 'extraction',
    words: /^(avulsions?|extractions?|exodontie)\b/,
    not: /\b(odontoide|surnumeraire|couronne|ancrage|corps etranger)\b/,
  },
  { tag: 'implant-placed', words: /^(pose|mise en place|insertion)\b.{0,12}\bimplants?\b/ },
  {
    tag: 'surgery',
    words:
      /^(avulsions?|extractions?|exodontie)\b|\b(alveolectomie|apicectomie|resection apicale|frenectomie|freinectomie|gingivectomie|lambeau|greffe|comblement sinusien|kyste|abces|chirurgie|biopsie)\b/,
    not: /\b(couronne|ancrage)\b/,
  },
  {
    tag: 'fixed-prosthesis',
    words: /\b(couronnes?|bridges?|prothese plurale|inlay.?core|inlay|onlay|facettes?)\b|\bincrustation\b/,
    not: new RegExp(`${UNDONE.source}|\\b(provisoire|transitoire|elongation|avulsion)\\b`),
  },
  {
    tag: 'prosthesis',
    words: /\bprothese (\w+ )*(amovible|adjointe|complete|partielle)\b|\bstellite\b/,
    not: new RegExp(`${UNDONE.source}|\\b(provisoire|transitoire)\\b`),
  },
  { tag: 'orthodontics', words: /\b(orthodon\w*|orthopedie dento\w*|semestre|aligneurs?|multi.?attaches?)\b/ },
  { tag: 'orthodontics', code: /^TO\s?\d+/ },
  { tag: 'periodontics', words: /\b(assainissement parodontal|surfacage|dsr)\b/ },
]

/** The kinds of an act, each once; none: it is care, and nothing more is known of it. */
export function actKinds(code: string, label: string): readonly Tag[] {
  const key = `${code} ${label}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const kinds = drawKinds(code, label)
  if (kept.size < KEPT_MAX) kept.set(key, kinds)
  return kinds
}

/** A practice has some hundred acts, and some million times done. */
const kept = new Map<string, readonly Tag[]>()
const KEPT_MAX = 5_000

function drawKinds(code: string, label: string): readonly Tag[] {
  const words = foldLetters(findCcam(code)?.label ?? label)
  const tags = new Set<Tag>()
  for (const { tag, words: wanted, code: letters, not } of ACT_KINDS) {
    const fits = (wanted?.test(words) ?? false) || (letters?.test(code) ?? false)
    if (fits && not?.test(words) !== true) tags.add(tag)
  }
  if (tags.has('imaging')) return ['imaging']
  if (tags.has('fixed-prosthesis')) tags.add('prosthesis')
  if (tags.has('implant-placed')) tags.add('surgery')
  if (tags.has('check')) return ['check']
  tags.add('care')
  if (!tags.has('prevention') || tags.size > 2) tags.add('treatment')
  return [...tags]
}
