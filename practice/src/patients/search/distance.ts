/**
 * By how many slips two words differ: a letter too many, too few or another, or two neighbours in the wrong order (optimal string alignment).
 * Pure.
 */
export function distanceOf(one: string, other: string): number {
  if (one === other) return 0
  const width = other.length + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: width }, (_, j) => j)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j < width; j++) {
      const isSame = one[i - 1] === other[j - 1]
      let least = Math.min(last[j - 1]! + (isSame ? 0 : 1), last[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1)
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[width - 1]!
}
