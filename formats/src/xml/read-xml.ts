/**
 * XML as others write it: elements, attributes, text. No document type and so no entities of its own, nothing fetched, bounded in depth and
 * number: what is hostile is an error, whatever it would expand to.
 */
import { SaxesParser } from 'saxes'

export interface XmlElement {
  /** without its prefix */
  readonly name: string
  readonly namespace: string
  /** by their names, with a prefix where they have one: `xsi:type` */
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** all of its own text, without that of elements within */
  readonly text: string
}

/** It is no XML that is read here; `message` says where and why, and quotes nothing of it. */
export class XmlError extends Error {}

export const XML_CHARACTERS_MAX = 64 * 1024 ** 2
const DEPTH_MAX = 100
const ELEMENTS_MAX = 1_000_000

interface Open {
  readonly name: string
  readonly namespace: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  text: string
}

/** @throws {XmlError} for what is no XML, has a document type, is too deep or has too many elements */
export function parseXml(text: string): XmlElement {
  if (text.length > XML_CHARACTERS_MAX) throw new XmlError(`more than ${XML_CHARACTERS_MAX} characters`)
  const parser = new SaxesParser({ xmlns: true, position: true })
  const open: Open[] = []
  let root: XmlElement | undefined
  let elements = 0
  const refuse = (why: string): never => {
    throw new XmlError(`${why} (line ${parser.line}, column ${parser.column})`)
  }
  parser.on('error', () => refuse('no XML'))
  parser.on('doctype', () => refuse('a document type, which is not read'))
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (open.length >= DEPTH_MAX) refuse(`deeper than ${DEPTH_MAX}`)
    if (++elements > ELEMENTS_MAX) refuse(`more than ${ELEMENTS_MAX} elements`)
    const given = Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, attribute.value]))
    open.push({ name: local, namespace: uri, attributes: given, children: [], text: '' })
  })
  const addText = (more: string) => {
    const at = open.at(-1)
    if (at !== undefined) at.text += more
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const closed = open.pop()
    if (closed === undefined) return
    const parent = open.at(-1)
    if (parent === undefined) root = closed
    else parent.children.push(closed)
  })
  parser.write(text).close()
  if (root === undefined) throw new XmlError('no element')
  return root
}

/** Bytes of XML as text: by their mark, or else by what the declaration says; UTF-8 otherwise. */
export function decodeXml(bytes: Uint8Array): string {
  const [one, two] = bytes
  if (one === 0xff && two === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (one === 0xfe && two === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const [, name = 'utf-8'] = /^[^<]*<\?xml[^>]*encoding=["']([\w.-]{1,40})["']/.exec(head) ?? []
  const known = /^(iso-8859-1|iso-8859-15|windows-1252|us-ascii|latin1)$/i.test(name) ? name : 'utf-8'
  return new TextDecoder(known).decode(bytes)
}

export function childrenOf(element: XmlElement | undefined, ...names: readonly string[]): readonly XmlElement[] {
  return element?.children.filter(({ name }) => names.includes(name)) ?? []
}

/** The first at the end of a path of names. */
export function childAt(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((at, name) => childrenOf(at, name)[0], element)
}

/** All below that have one of some names, outermost first. */
export function descendantsOf(element: XmlElement | undefined, ...names: readonly string[]): XmlElement[] {
  return (element?.children ?? []).flatMap((child) => [
    ...(names.includes(child.name) ? [child] : []),
    ...descendantsOf(child, ...names),
  ])
}

/** Its text and that of all within. */
export function textWithin(element: XmlElement | undefined): string {
  if (element === undefined) return ''
  return [element.text, ...element.children.map(textWithin)].join(' ').replaceAll(/\s+/g, ' ').trim()
}
