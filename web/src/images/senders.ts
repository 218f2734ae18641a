/** Known senders as one writes them down: one a line, its AE title, and after `=` what it is called here. */
import { aeTitleSchema, type ReceptionSettings } from '@couronne/practice/contract'

type Senders = ReceptionSettings['senders']

export function printSenders(senders: Senders): string {
  return senders.map(({ aeTitle, label }) => (label === undefined ? aeTitle : `${aeTitle} = ${label}`)).join('\n')
}

/** @returns undefined when a line has no AE title that can be */
export function parseSenders(text: string): Senders | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const senders = lines.map((line) => {
    const [aeTitle = '', ...rest] = line.split('=')
    const label = rest.join('=').trim()
    return { aeTitle: aeTitle.trim(), ...(label === '' ? {} : { label }) }
  })
  return senders.every(({ aeTitle, label }) => aeTitleSchema.safeParse(aeTitle).success && (label?.length ?? 0) <= 100)
    ? senders
    : undefined
}
