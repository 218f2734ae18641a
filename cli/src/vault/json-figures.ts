/** Figures in JSON as restic gives them: what is zero is left out. */
export function omitZero(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== 0))
}

/** Between 0 and 1; undefined while it is not known how much there is. */
export function shareDone(done: number, total: number | undefined): number | undefined {
  return total === undefined || total <= 0 ? undefined : Math.min(done / total, 1)
}

/** A guess; undefined while there is too little to guess from. */
export function timeLeft(share: number | undefined, elapsedMs: number): number | undefined {
  return share === undefined || share < 0.02 ? undefined : (elapsedMs / share) * (1 - share)
}
