/**
 * What was typed and not sent yet, in memory only: it outlives a page that goes away (a session that ended, a wrong click) and is forgotten
 * with the account. Passwords and the like are never among it.
 */
const drafts = new Map<string, Readonly<Record<string, unknown>>>()

export function readDraft(name: string): Readonly<Record<string, unknown>> | undefined {
  return drafts.get(name)
}

export function keepDraft(name: string, values: Readonly<Record<string, unknown>>): void {
  drafts.set(name, values)
}

export function dropDraft(name: string): void {
  drafts.delete(name)
}

let owner: string | undefined

/** Says whose they are: another account's are forgotten. */
export function claimDrafts(accountId: string): void {
  if (owner !== undefined && owner !== accountId) drafts.clear()
  owner = accountId
}

/** When one goes. */
export function forgetDrafts(): void {
  drafts.clear()
}
