/** Which objects heal puts right, and where: drawn from what check found. */
import type { CheckCode, CheckFinding } from './check/index.ts'
import type { CopiedKind } from './right-bytes.ts'

/** One object that mirrors lack or hold wrong. */
export interface HealItem {
  readonly kind: CopiedKind
  /** `''` for the configuration. */
  readonly object: string
  /** Locations of the mirrors; none when no mirror has it at all. */
  readonly mirrors: readonly string[]
}

export interface HealPlan {
  /** In the order in which they are put right: configuration, keys, packs, indexes, snapshots. */
  readonly items: readonly HealItem[]
  /** Mirrors where no key file can be used. */
  readonly keyless: readonly string[]
  /** What heal can do nothing about, or only by putting right something else. */
  readonly left: readonly CheckFinding[]
}

const ORDER = ['config', 'keys', 'data', 'index', 'snapshots'] as const satisfies readonly CopiedKind[]
const MENDED: ReadonlySet<CheckCode> = new Set([
  'config-damaged',
  'key-damaged',
  'object-missing',
  'object-damaged',
  'pack-size',
  'pack-missing',
])

/** @param findings all that a check found */
export function planHeal(findings: readonly CheckFinding[]): HealPlan {
  const items = new Map<string, { kind: CopiedKind; object: string; mirrors: Set<string> }>()
  const left: CheckFinding[] = []
  const keyless: string[] = []
  for (const finding of findings) {
    const { code, kind, object, mirror } = finding
    if (code === 'keys-none' && mirror !== undefined) keyless.push(mirror)
    else if (!MENDED.has(code) || !isCopied(kind)) {
      if (finding.severity !== 'hint') left.push(finding)
    } else {
      const item = items.get(`${kind}/${object}`) ?? { kind, object, mirrors: new Set<string>() }
      if (mirror !== undefined) item.mirrors.add(mirror)
      items.set(`${kind}/${object}`, item)
    }
  }
  const ordered = [...items.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
  return { items: ordered.map((item) => ({ ...item, mirrors: [...item.mirrors] })), keyless, left }
}

function isCopied(kind: CheckFinding['kind']): kind is CopiedKind {
  return (ORDER as readonly string[]).includes(kind)
}
