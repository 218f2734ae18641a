/** What a sender may ask of us. */
export interface ReceptionLimits {
  readonly associationsMax: number
  /** from one address: a device that is broken must not keep the others out */
  readonly associationsMaxPerAddress: number
  /** from connecting to an association that was asked for */
  readonly greetingMs: number
  /** without a byte, between messages and within one */
  readonly silenceMs: number
  /** once a message takes longer than this, it must have come at this pace at least */
  readonly patienceMs: number
  readonly bytesASecondMin: number
  /** of the rest of a data PDU, as we announce it */
  readonly pduBytesMax: number
  readonly imageBytesMax: number
}

export const RECEPTION_LIMITS: ReceptionLimits = {
  associationsMax: 32,
  associationsMaxPerAddress: 16,
  greetingMs: 10_000,
  silenceMs: 60_000,
  patienceMs: 60_000,
  bytesASecondMin: 4 * 1024,
  pduBytesMax: 128 * 1024,
  imageBytesMax: 8 * 1024 ** 3,
}
