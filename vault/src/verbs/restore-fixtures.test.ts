import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fixture } from './fixtures.suite.ts'
import { factsOf } from './folder-facts.suite.ts'
import { restore } from './restore/index.ts'

/** Repositories of other projects, how many entries of them are lost, and the password. */
const REPOSITORIES = [
  { name: 'small-repo' },
  { name: 'repo-obsolete-index' },
  { name: 'repo-unreferenced-data' },
  { name: 'repo-layout-default' },
  { name: 'repo-restore-permissions-test' },
  { name: 'repo-mixed' },
  { name: 'repo-duplicates' },
  { name: 'repo-same-timestamps' },
  { name: 'repo-data-missing', lost: 1 },
  { name: 'repo-index-missing', lost: 1 },
  { name: 'rustic/restic-repo', password: 'restic' },
  { name: 'rustic/rustic-repo', password: 'rustic' },
]

for (const { name, password, lost = 0 } of REPOSITORIES) {
  test(`${name}: every snapshot is restored as stock restic restores it`, async () => {
    await using fixture = await Fixture.unpack(name, password)
    await using repository = await fixture.open()
    let failed = 0
    for (const [i, snapshot] of (await repository.snapshots()).entries()) {
      const theirs = join(fixture.folder, `theirs${i}`)
      const ours = join(fixture.folder, `ours${i}`)
      const { status } = await fixture.restic('restore', snapshot.id, '--target', theirs, '--no-lock')
      let failedHere = 0
      for await (const event of restore(repository, snapshot, { target: ours, withoutLock: true })) {
        if (event.kind === 'summary') failedHere = event.summary.failed
      }
      assert.deepEqual(factsOf(ours), factsOf(theirs))
      assert.equal(failedHere > 0, status !== 0)
      failed += failedHere
    }
    assert.equal(failed, lost)
  })
}
