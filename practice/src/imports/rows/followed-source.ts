/** What a version's source says when it came from a source that is followed, one by one and not in a batch: its own journal entry stands for it. */

const PREFIX = 'source:'

/** @param name of a file, a table, a sheet */
export function followedSource(name: string): string {
  return `${PREFIX}${name}`
}

export function isFollowed(source: string | null | undefined): boolean {
  return source?.startsWith(PREFIX) ?? false
}
