/** The demonstration's steps: each opens the vault anew, with the password alone, as another day or another machine would. */
import {
  type BackupSummary,
  backup,
  type CheckSummary,
  check,
  heal,
  initRepository,
  openRepository,
  type Repository,
  restore,
} from '@couronne/vault'

export async function createMirrors(places: readonly string[], password: string): Promise<void> {
  await using _repository = await initRepository(places, { password })
}

/** Backs up the folder `name` in `parent`; in the snapshot it stands at the root. */
export async function backUp(
  places: readonly string[],
  password: string,
  { parent, name }: { readonly parent: string; readonly name: string },
): Promise<BackupSummary> {
  await using repository = await openRepository(places, { password })
  let summary: BackupSummary | undefined
  for await (const event of backup(repository, [name], { cwd: parent })) if (event.kind === 'summary') summary = event.summary
  for (const { location, behind } of summary!.mirrors) if (behind !== undefined) throw new Error(`${location}: ${behind}`)
  return summary!
}

/** Reads every byte of every mirror. `damaged` names the objects that are not right somewhere. */
export async function checkMirrors(
  places: readonly string[],
  password: string,
): Promise<CheckSummary & { readonly damaged: ReadonlySet<string> }> {
  await using repository = await openRepository(places, { password })
  const damaged = new Set<string>()
  let summary: CheckSummary | undefined
  for await (const event of check(repository, { readData: 'all' })) {
    if (event.kind === 'finding' && event.finding.severity === 'error') damaged.add(event.finding.object)
    else if (event.kind === 'summary') summary = event.summary
  }
  return { ...summary!, damaged }
}

/** @returns how many objects were mended */
export async function healMirrors(places: readonly string[], password: string): Promise<number> {
  await using repository: Repository = await openRepository(places, { password })
  let mended = 0
  for await (const event of heal(repository, { readData: 'all' }))
    if (event.kind === 'summary') mended = event.summary.mended.length
  return mended
}

/** Restores everything into `target`. */
export async function restoreFrom(
  place: string,
  password: string,
  snapshot: string,
  target: string,
): Promise<{ files: number; bytes: number }> {
  await using repository = await openRepository(place, { password })
  let result = { files: 0, bytes: 0 }
  for await (const event of restore(repository, snapshot, { target })) {
    if (event.kind === 'finding') throw new Error(event.finding.message)
    if (event.kind === 'summary') result = { files: event.summary.files.restored, bytes: event.summary.bytesRestored }
  }
  return result
}
