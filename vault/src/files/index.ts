/**
 * Files: from a practice's disks into nodes, and back.
 *
 * For whoever backs up or restores. The walk gives every entry of the targets in the order of trees, with metadata as stock restic
 * writes it. Nothing here opens a file's content, knows a repository, or follows a link in what it walks. What cannot be read is a
 * finding, never an exception, and never left unsaid.
 */
export { groupId, groupName, userId, userName } from './accounts.ts'
export { type ExcludeOptions, parseSize } from './excludes.ts'
export { type Finding, findingOf } from './finding.ts'
export { type ChangeOptions, isUnchanged, type ReadNodeOptions, readNode } from './metadata.ts'
export { cleanPath, type PathParts, Patterns, pathParts, pathText, type Selection } from './patterns.ts'
export { planWalk, type WalkEntry, type WalkOptions, type WalkPlan, type WalkStep, walk } from './walk.ts'
