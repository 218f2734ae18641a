/** The picture of a step: awaited, there, or why not. While the next one is under way the one before stays in sight. */
import { useEffect, useRef, useState } from 'react'
import { NoPictureError, type NoPictureReason } from './dicom/dicom-file.ts'
import { type Loaded, PictureLoader } from './load-picture.ts'
import type { Step } from './step.ts'

export type PictureState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'shown'; readonly step: Step; readonly loaded: Loaded; readonly isNextAwaited: boolean }
  | { readonly kind: 'impossible'; readonly step: Step; readonly reason: NoPictureReason }
  | { readonly kind: 'failed'; readonly problem: unknown }

export function usePicture(step: Step | undefined): PictureState {
  const loader = useRef<PictureLoader>(null)
  const [state, setState] = useState<PictureState>({ kind: 'waiting' })
  useEffect(() => {
    loader.current = new PictureLoader()
    return () => loader.current?.close()
  }, [])
  const key = step === undefined ? undefined : `${step.fileKey} ${step.frame}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the step, which is made anew each time
  useEffect(() => {
    if (step === undefined) return
    const controller = new AbortController()
    setState((before) => (before.kind === 'shown' ? { ...before, isNextAwaited: true } : { kind: 'waiting' }))
    loader.current?.load(step, controller.signal).then(
      (loaded) => !controller.signal.aborted && setState({ kind: 'shown', step, loaded, isNextAwaited: false }),
      (error: unknown) => {
        if (controller.signal.aborted) return
        if (error instanceof NoPictureError) setState({ kind: 'impossible', step, reason: error.reason })
        else setState({ kind: 'failed', problem: error })
      },
    )
    return () => controller.abort()
  }, [key])
  return state
}
