/** What the file is: as it was received, its fingerprint, the way to the original. */
import { useFormat, useMessages } from '#messages'
import { nameInHeader, useNumbers } from './image-words.ts'
import type { Loaded } from './load-picture.ts'
import type { Step } from './step.ts'

export function FileFacts({ step, loaded }: { readonly step: Step; readonly loaded: Loaded }) {
  const m = useMessages()
  const format = useFormat()
  const numbers = useNumbers()
  const { picture, facts, sha256, isAsReceived } = loaded
  const named = facts === undefined ? '' : nameInHeader(facts.named, m)
  const spacing = facts?.spacing
  const shown: readonly (readonly [string, string | undefined])[] = [
    [m.images.named, named === '' ? undefined : named],
    [m.images.size, loaded.isPreview ? undefined : m.images.pixels(picture.columns, picture.rows)],
    [
      m.images.scale,
      spacing === undefined
        ? m.images.noScale
        : m.images.scaleOf[spacing.at](numbers(spacing.columnMm, 4), numbers(spacing.rowMm, 4)),
    ],
    [m.images.weight, step.sizeBytes === undefined ? undefined : format.size(step.sizeBytes)],
  ]
  return (
    <details className="more picture-facts">
      <summary>{m.images.rawTitle}</summary>
      <p>{isAsReceived === true ? m.images.rawProven : m.images.raw}</p>
      <p>
        {m.images.fingerprint} <code className="fingerprint">{sha256}</code>
      </p>
      <dl className="facts">
        {shown.map(
          ([label, value]) =>
            value !== undefined && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <p>
        <a href={step.saveAddress} download>
          {m.images.saveOriginal}
        </a>
      </p>
    </details>
  )
}
