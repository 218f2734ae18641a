/** The bytes of an instance, and pictures of it, as they leave: whoever calls has seen to who may and to the journal. */
import {
  contentHeaders,
  findObjectKey,
  openSealed,
  type PlainRange,
  parseRange,
  printFileName,
  rangeHeaders,
  type Sealing,
} from '#documents'
import type { SignedInEndpoint } from '#endpoint'
import { NotFoundError } from '#errors'
import { type Call, sendStream } from '#http'
import type { OpenPractice } from '#open-practice'
import { studyFactsSchema } from './facts.ts'
import { imageContext } from './keep-image.ts'
import { previewOf } from './previews.ts'
import type { InstanceRow, StudyRow } from './store.ts'

type AnyCall = Pick<Call<SignedInEndpoint>, 'practice' | 'request' | 'reply'>

/** The whole file, or the range that the request asks for. */
export async function sendInstance({ practice, request, reply }: AnyCall, study: StudyRow, row: InstanceRow): Promise<undefined> {
  const etag = `"${row.sha256}"`
  const asked = parseRange(request.headers.range, row.size_bytes, request.headers['if-range'] as string | undefined, etag)
  const { status, headers } = rangeHeaders(asked, row.size_bytes)
  const opened = asked.kind === 'unsatisfiable' ? undefined : await open(practice, row, asked.kind === 'part' ? asked : undefined)
  const mediaType = row.flag === 'unreadable' && row.sop_uid === '' ? 'application/octet-stream' : 'application/dicom'
  reply
    .code(status)
    .headers({ ...contentHeaders(mediaType, { fileName: fileNameOf(study, row), isDownload: true }), ...headers, etag })
  if (opened === undefined) return void (await reply.send())
  return sendStream(reply, opened)
}

export async function sendPreview(
  { practice, reply }: AnyCall,
  row: InstanceRow,
  { frame, size }: { readonly frame: number; readonly size: number },
): Promise<undefined> {
  const asked = { instanceId: row.id, sizeBytes: row.size_bytes, frame, size, open: () => open(practice, row) }
  const { png, isDrawn, isLate } = await previewOf(practice, asked)
  reply.headers(contentHeaders('image/png', { fileName: 'preview.png', isDownload: false }))
  reply.headers({ 'content-length': png.length, 'couronne-preview': isDrawn ? 'drawn' : isLate ? 'late' : 'none' })
  return void (await reply.send(Buffer.from(png)))
}

async function open(practice: OpenPractice, row: InstanceRow, range?: PlainRange): Promise<AsyncIterable<Uint8Array>> {
  const sealing = await sealingOf(practice, row)
  return openSealed(practice, { sealedName: row.sealed_name, plainBytes: row.size_bytes }, sealing, range)
}

async function sealingOf(practice: OpenPractice, row: InstanceRow): Promise<Sealing> {
  const key = await findObjectKey(practice, row.study_id)
  if (key === undefined) throw new NotFoundError('this study’s key was destroyed', { about: { study: row.study_id } })
  return { key, context: imageContext(practice.id, row.id) }
}

/** A UID says nothing of anybody; what does not read keeps the name under which it came. */
function fileNameOf(study: StudyRow, row: InstanceRow): string {
  const { fileName } = studyFactsSchema.parse(JSON.parse(study.facts))
  return row.sop_uid === '' ? printFileName(fileName ?? 'image') : `${row.sop_uid}.dcm`
}
