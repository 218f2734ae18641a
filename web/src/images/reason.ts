/** As the contract wants reasons: ten characters keep `x` out. */
const REASON_CHARS_MIN = 10

export function isReason(text: string): boolean {
  return text.trim().length >= REASON_CHARS_MIN
}
