/** The little XML that S3 speaks: elements without attributes that hold text or other elements. */

/** The inner text of each `<tag>…</tag>`, in order; of an element within itself, the outer one's start meets the inner one's end. */
export function findElements(xml: string, tag: string): string[] {
  const found: string[] = []
  const [start, end] = [`<${tag}>`, `</${tag}>`]
  for (let from = xml.indexOf(start); from >= 0; ) {
    const to = xml.indexOf(end, from)
    if (to < 0) break
    found.push(xml.slice(from + start.length, to))
    from = xml.indexOf(start, to)
  }
  return found
}

/** The text of the first `<tag>`, unescaped. */
export function findText(xml: string, tag: string): string | undefined {
  const [first] = findElements(xml, tag)
  return first === undefined ? undefined : unescapeXml(first)
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? whole
    const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** Text that may stand inside an element. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
