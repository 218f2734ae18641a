/** Bundles, as text that is sent while it is made. */
import type { Resource } from './parts.ts'

const TEXT_CHARS = 65_536

/** A searchset: `total` first, then as many entries. @param base address of the door, without a slash at its end */
export async function* printSearchset(
  base: string,
  self: string,
  total: number,
  resources: AsyncIterable<Resource>,
): AsyncGenerator<string> {
  const link = [{ relation: 'self', url: self }]
  const head = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total, link })
  let text = total === 0 ? head.slice(0, -1) : `${head.slice(0, -1)},"entry":[`
  let isFirst = true
  for await (const resource of resources) {
    text += `${isFirst ? '' : ','}\n${JSON.stringify(bundleEntry(base, resource))}`
    isFirst = false
    if (text.length < TEXT_CHARS) continue
    yield text
    text = ''
  }
  yield total === 0 ? `${text}}` : `${text}\n]}`
}

export function bundleEntry(base: string, resource: Resource): object {
  return { fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource, search: { mode: 'match' } }
}
