/**
 * Files: from a practice's disks into nodes, and back.
 *
 * For whoever backs up or restores. The walk gives every entry of the targets in the order of trees, with metadata as stock restic
 * writes it; a target takes them back. Nothing here knows a repository. A link is never followed, neither in what is walked nor in what is
 * written to, where nothing outside the target is ever touched. What cannot be read or put back is a finding, never left unsaid.
 */
export { groupId, groupName, userId, userName } from './accounts.ts'
export { type ExcludeOptions, parseSize } from './excludes.ts'
export { type Finding, findingOf } from './finding.ts'
export { expandTargetList, parsePatternList, parseRawTargets, parseTargetLines } from './lists.ts'
export { type ChangeOptions, isUnchanged, type ReadNodeOptions, readNode } from './metadata.ts'
export { codeOf } from './native.ts'
export { decideOverwrite, OVERWRITE_POLICIES, type OverwriteDecision, type OverwritePolicy } from './overwrite.ts'
export { cleanPath, type PathParts, type PatternOptions, Patterns, pathParts, pathText, type Selection } from './patterns.ts'
export { type SelectionOfEntry, type SelectionOptions, type Selector, selectorOf } from './selection.ts'
export { type FoundEntry, openTarget, type RelativePath, type Target, type TargetOptions } from './target.ts'
export { dataRuns, type TargetFile } from './target-file.ts'
export { planWalk, type WalkEntry, type WalkOptions, type WalkPlan, type WalkStep, walk } from './walk.ts'
export type { MetadataOptions } from './write-metadata.ts'
