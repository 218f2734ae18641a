/** A document's small picture, and the ways to its bytes: shown by the browser where that is safe, else saved. */
import { getDocumentContent, getDocumentPreview } from '@couronne/practice/contract'
import { useState } from 'react'
import { addressOf } from '#api'
import { useMessages } from '#messages'

export function DocumentShown({
  patientId,
  entryId,
  title,
}: {
  readonly patientId: string
  readonly entryId: string
  readonly title: string
}) {
  const m = useMessages()
  const [hasPreview, setHasPreview] = useState(true)
  const params = { patientId, entryId }
  return (
    <div className="document-shown">
      {hasPreview && (
        <img
          src={addressOf(getDocumentPreview, { params })}
          alt={m.patients.previewOf(title)}
          onError={() => setHasPreview(false)}
        />
      )}
      <p className="actions">
        <a href={addressOf(getDocumentContent, { params, query: {} })} target="_blank" rel="noreferrer">
          {m.patients.openDocument}
        </a>
        <a href={addressOf(getDocumentContent, { params, query: { download: 'true' } })} download>
          {m.patients.saveDocument}
        </a>
      </p>
    </div>
  )
}
