/** Brings a document's bytes to the server. */
import { appendUploadEndpoint, getUploadEndpoint } from '@couronne/practice/contract'
import { addressOf, call, sendBytes } from '#api'

export interface Upload {
  readonly id: string
  readonly sizeBytes: number
  readonly receivedBytes: number
}

/** As {@link sendBytes}. */
export function sendUpload(
  file: Blob,
  { id, sizeBytes, receivedBytes }: Upload,
  options: { readonly onProgress: (receivedBytes: number) => void; readonly signal: AbortSignal },
): Promise<void> {
  const params = { uploadId: id }
  const ask = async (signal: AbortSignal) => (await call(getUploadEndpoint, { params }, { signal })).receivedBytes
  return sendBytes(file, { address: addressOf(appendUploadEndpoint, { params }), sizeBytes, receivedBytes, ask }, options)
}
