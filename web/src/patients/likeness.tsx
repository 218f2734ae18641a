/** How likely two records are one person's, and why, in words. */
import type { Certainty, ReasonAgainst, ReasonFor } from '@couronne/practice/contract'
import { useMessages } from '#messages'

export function Likeness({
  certainty,
  speaking,
  against,
}: {
  readonly certainty: Certainty | undefined
  readonly speaking: readonly ReasonFor[]
  readonly against: readonly ReasonAgainst[]
}) {
  const m = useMessages()
  const words = m.duplicates
  return (
    <div className="likeness">
      <p>
        <strong>{certainty === undefined ? words.notAlike : words.certainty[certainty]}</strong>
      </p>
      {speaking.length > 0 && (
        <p>
          {words.speaksForTitle}
          {m.patients.colon} {speaking.map((code) => words.speaksFor[code]).join(', ')}.
        </p>
      )}
      {against.length > 0 && (
        <p className="likeness-against">
          {words.speaksAgainstTitle}
          {m.patients.colon} {against.map((code) => words.speaksAgainst[code]).join(', ')}.
        </p>
      )}
    </div>
  )
}
