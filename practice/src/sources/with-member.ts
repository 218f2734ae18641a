/** A member of an entry's body, wherever it lies in it. Pure. */

type Body = Readonly<Record<string, unknown>>

/** @param path of the member: `conformity.documentId` */
export function withMember(body: Body, path: string, change: (before: unknown) => unknown): Body {
  const [member = '', ...inner] = path.split('.')
  const before = body[member]
  const after = inner.length === 0 ? change(before) : withMember((before ?? {}) as Body, inner.join('.'), change)
  return { ...body, [member]: after }
}
