/** What must be known of a picture before one trusts it. */
import { useMessages } from '#messages'
import { nameInHeader, useNumbers } from './image-words.ts'
import type { Loaded } from './load-picture.ts'
import { contradictions, type KnownPatient } from './same-person.ts'

export function Warnings({ loaded, patient }: { readonly loaded: Loaded; readonly patient: KnownPatient | undefined }) {
  const m = useMessages()
  const numbers = useNumbers()
  const { picture, facts, isAsReceived, isPreview } = loaded
  const others = facts === undefined || patient === undefined ? [] : contradictions(facts.named, patient)
  const texts = [
    ...(others.length > 0 && facts !== undefined ? [m.images.otherPerson(nameInHeader(facts.named, m))] : []),
    ...(isAsReceived === false ? [m.images.notAsReceived] : []),
    ...(picture.isCutShort ? [m.images.cutShort] : []),
    ...(isPreview ? [m.images.previewOnly] : []),
    ...(facts?.isLossy === true
      ? [facts.lossyRatio === undefined ? m.images.lossy : m.images.lossyBy(numbers(facts.lossyRatio, 1))]
      : []),
    ...(facts?.hasBurnedIn === true ? [m.images.burnedIn] : []),
    ...(facts?.isForProcessing === true ? [m.images.forProcessing] : []),
  ]
  if (texts.length === 0) return null
  return (
    <ul className="plain note picture-warnings">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  )
}
