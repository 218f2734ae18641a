/** The images of a record: radiographs and photographs by their day, each with its small picture, all or those of one tooth. */
import { type ImageStudy, isTooth, type Tooth } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { MouthPicker, useRecord } from '#patients/parts'
import { Section } from '#shell'
import { teethInWords } from './image-words.ts'
import { MoveDialog } from './move-dialog.tsx'
import { type PictureLine, pictureInWords, picturesOf } from './pictures.ts'
import { studiesQuery } from './queries.ts'
import { Thumbnail } from './thumbnail.tsx'

export function RecordImages() {
  const m = useMessages()
  const { patient, mayWrite, openEntry } = useRecord()
  const { data, error } = useQuery(studiesQuery(patient.id))
  const [tooth, setTooth] = useState<Tooth>()
  const [moving, setMoving] = useState<ImageStudy>()
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return <p role="status">{m.forms.waiting}</p>
  const pictures = picturesOf(patient.id, data, m)
  const shown = tooth === undefined ? pictures : pictures.filter(({ teeth }) => teeth.includes(tooth))
  const studyOf = ({ shown: { kind, id } }: PictureLine) =>
    kind === 'study' ? data.studies.find((each) => each.id === id) : undefined
  return (
    <Section title={m.images.title}>
      {pictures.length === 0 ? (
        <p className="nothing">{m.images.none}</p>
      ) : (
        <>
          <MouthPicker
            picked={new Set(tooth === undefined ? [] : [tooth])}
            onPick={(fdi) => setTooth(fdi === tooth || !isTooth(fdi) ? undefined : fdi)}
            label={m.images.byTooth}
          />
          <p className="count" role="status">
            {tooth === undefined ? m.images.count(shown.length) : m.images.countOf(shown.length, tooth)}{' '}
            {tooth !== undefined && (
              <button type="button" className="link" onClick={() => setTooth(undefined)}>
                {m.images.allTeeth}
              </button>
            )}
          </p>
        </>
      )}
      <ul className="thumbnails">
        {shown.map((line) => (
          <PictureCard
            key={line.key}
            line={line}
            patientId={patient.id}
            onOpen={() => openEntry(line.entryId)}
            onMove={mayWrite('imagingStudy') ? () => setMoving(studyOf(line)) : undefined}
          />
        ))}
      </ul>
      {moving !== undefined && <MoveDialog patientId={patient.id} study={moving} onClose={() => setMoving(undefined)} />}
    </Section>
  )
}

function PictureCard({
  line,
  patientId,
  onOpen,
  onMove,
}: {
  readonly line: PictureLine
  readonly patientId: string
  readonly onOpen: () => void
  readonly onMove: (() => void) | undefined
}) {
  const m = useMessages()
  const name = pictureInWords(line, m)
  return (
    <li>
      <Link
        to="/patients/$patientId/viewer"
        params={{ patientId }}
        search={{ show: line.key }}
        className="thumbnail-link"
        aria-label={m.images.show(name)}
      >
        <Thumbnail address={line.previewAddress} />
      </Link>
      <strong>{line.title}</strong>
      <span>{line.madeOn?.split('-').toReversed().join('/') ?? m.images.noDay}</span>
      <span className="aside">
        {[
          line.sort === line.title ? undefined : line.sort,
          teethInWords(line.teeth, m),
          line.pictures > 1 ? m.images.count(line.pictures) : undefined,
        ]
          .filter((part) => part !== undefined)
          .join(', ')}
      </span>
      <span className="actions">
        <Button size="compact-sm" variant="default" aria-label={m.images.entryOf(name)} onClick={onOpen}>
          {m.images.entry}
        </Button>
        {onMove !== undefined && line.shown.kind === 'study' && (
          <Button size="compact-sm" variant="default" aria-label={m.images.moveOf(name)} onClick={onMove}>
            {m.images.move}
          </Button>
        )}
      </span>
    </li>
  )
}
