/** What stands in the addresses of this room: which pictures are side by side. Loaded with the first page. */
export interface Shown {
  readonly kind: 'study' | 'document'
  readonly id: string
}

const SHOWN = /^(study|document)\.([A-Za-z0-9-]{1,50})$/

/** @returns undefined for what names no picture */
export function parseShown(text: unknown): Shown | undefined {
  const [, kind, id] = (typeof text === 'string' ? SHOWN.exec(text) : null) ?? []
  return kind === undefined || id === undefined ? undefined : { kind: kind as Shown['kind'], id }
}

export function printShown({ kind, id }: Shown): string {
  return `${kind}.${id}`
}

export function parseViewer(search: Record<string, unknown>): { show?: string; beside?: string } {
  const [show, beside] = [parseShown(search.show), parseShown(search.beside)]
  return {
    ...(show === undefined ? {} : { show: printShown(show) }),
    ...(beside === undefined ? {} : { beside: printShown(beside) }),
  }
}

export function parseTray(search: Record<string, unknown>): { state?: 'aside' } {
  return search.state === 'aside' ? { state: 'aside' } : {}
}
