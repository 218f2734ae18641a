/** What mouse, fingers, wheel and keys do to a picture, by the tool in hand. */
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import type { Picture } from './dicom/picture.ts'
import { firstShading, type Shading } from './shades.ts'
import { apply, applyBack, type Matrix, type Point, type Size, type View, zoomAt } from './view.ts'

export type Tool = 'slices' | 'move' | 'window' | 'measure'

export interface Measure {
  readonly from: Point
  readonly to: Point
}

export interface CanvasProps {
  readonly picture: Picture
  readonly aspect: number
  readonly label: string
  readonly tool: Tool
  readonly view: View
  readonly onView: (view: View) => void
  readonly shading: Shading
  readonly onShading: (shading: Shading) => void
  readonly measures: readonly Measure[]
  readonly onMeasure: (measure: Measure) => void
  /** to the next picture of several, or the one before; absent: there is one */
  readonly onStep?: ((by: number) => void) | undefined
}

const KEY_PAN = 40
const KEY_ZOOM = 1.25
const WHEEL_ZOOM = 1.0015
const CLICK_PX = 4
const SLICE_PX = 12

/** A line that is being drawn, and the cross that the keys move. */
export interface Drawing {
  readonly draft: Measure | undefined
  readonly cursor: Point | undefined
  readonly begin: (at: Point) => void
  readonly follow: (at: Point) => void
  readonly end: (at: Point) => void
  readonly drop: () => void
  readonly moveCursor: (x: number, y: number) => void
  readonly mark: () => void
  readonly hideCursor: () => void
}

/** A line that is being drawn: by dragging, by two clicks, or by the cross that the arrows move and Enter sets. */
export function useMeasuring({ picture, tool, onMeasure }: CanvasProps, matrix: Matrix): Drawing {
  const [draft, setDraft] = useState<Measure>()
  const [cursor, setCursor] = useState<Point>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tool or another picture: what was begun is over
  useEffect(() => setDraft(undefined), [tool, picture])
  const inside = ({ x, y }: Point): Point => ({
    x: Math.max(0, Math.min(picture.columns, x)),
    y: Math.max(0, Math.min(picture.rows, y)),
  })
  const end = (at: Point) => {
    if (draft === undefined) return
    const to = inside(at)
    if (Math.hypot(to.x - draft.from.x, to.y - draft.from.y) > 0) onMeasure({ from: draft.from, to })
    setDraft(undefined)
  }
  return {
    draft,
    cursor,
    begin: (at) => setDraft({ from: inside(at), to: inside(at) }),
    follow: (at) => setDraft((before) => (before === undefined ? before : { from: before.from, to: inside(at) })),
    end,
    drop: () => setDraft(undefined),
    moveCursor: (x, y) => {
      // As the arrow points on the screen, however the picture is turned.
      const from = apply(matrix, cursor ?? { x: picture.columns / 2, y: picture.rows / 2 })
      const to = inside(applyBack(matrix, { x: from.x + x, y: from.y + y }))
      setCursor(to)
      setDraft((before) => (before === undefined ? before : { from: before.from, to }))
    },
    mark: () => {
      const at = cursor ?? { x: picture.columns / 2, y: picture.rows / 2 }
      setCursor(at)
      if (draft === undefined) setDraft({ from: at, to: at })
      else end(at)
    },
    hideCursor: () => setCursor(undefined),
  }
}

const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export function press(event: KeyboardEvent, props: CanvasProps, drawing: Drawing): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const act = keyAct(event, props, drawing)
  if (act === undefined) return
  event.preventDefault()
  event.stopPropagation()
  act()
}

/** What a key does here; the arrows do what the tool in hand does. */
function keyAct(event: KeyboardEvent, props: CanvasProps, drawing: Drawing): (() => void) | undefined {
  const { view, onView, shading, onShading, tool, onStep, picture } = props
  const arrow = ARROWS[event.key]
  if (arrow !== undefined) {
    const [x, y] = arrow
    const far = event.shiftKey ? 10 : 1
    if (tool === 'slices') return onStep === undefined ? undefined : () => onStep(x + y)
    if (tool === 'measure') return () => drawing.moveCursor(x * far, y * far)
    if (tool === 'window') return () => onShading(moveWindow(picture, shading, x * 4 * far, y * 4 * far))
    return () => onView({ ...view, x: view.x - x * KEY_PAN, y: view.y - y * KEY_PAN })
  }
  switch (event.key) {
    case '+':
    case '=':
      return () => onView(zoomAt(view, KEY_ZOOM))
    case '-':
      return () => onView(zoomAt(view, 1 / KEY_ZOOM))
    case '0':
      return () => onView({ ...view, zoom: 1, x: 0, y: 0 })
    case 'PageUp':
      return onStep && (() => onStep(-1))
    case 'PageDown':
      return onStep && (() => onStep(1))
    case 'Enter':
    case ' ':
      return tool === 'measure' ? drawing.mark : undefined
    case 'Escape':
      return drawing.draft === undefined ? undefined : drawing.drop
    default:
      return undefined
  }
}

/** To the right: more contrast is lost; downwards: darker. A whole box across is about the whole scale. */
function moveWindow(picture: Picture, shading: Shading, x: number, y: number): Shading {
  const { center, width } = shading.window
  const scale = (picture.kind === 'grey' ? picture.fitting.whole.width : firstShading(picture).window.width) / 500
  return { ...shading, window: { center: center + y * scale, width: Math.max(width + x * scale, scale) } }
}

interface Held {
  readonly start: Point
  at: Point
  isMoved: boolean
  steps: number
}

export function usePointers(
  props: CanvasProps,
  box: RefObject<HTMLDivElement | null>,
  matrix: Matrix,
  size: Size,
  drawing: Drawing,
): {
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: (event: PointerEvent) => void
  readonly onPointerCancel: (event: PointerEvent) => void
} {
  const held = useRef(new Map<number, Held>())
  const isSecondClick = useRef(false)
  const placeOf = (event: PointerEvent): Point => {
    const { left, top } = (box.current as HTMLDivElement).getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const { tool, view, onView, shading, onShading, onStep, picture } = props
  const middle = { x: size.width / 2, y: size.height / 2 }
  const drag = (one: Held, by: Point, isOther: boolean) => {
    if (isOther || tool === 'move') onView({ ...view, x: view.x + by.x, y: view.y + by.y })
    else if (tool === 'window') onShading(moveWindow(picture, shading, by.x, by.y))
    else if (tool === 'measure') drawing.follow(applyBack(matrix, one.at))
    else if (onStep !== undefined) {
      const steps = Math.trunc((one.at.y - one.start.y) / SLICE_PX)
      if (steps !== one.steps) onStep(steps - one.steps)
      one.steps = steps
    }
  }
  const pinch = (moved: Held, before: Point) => {
    const other = [...held.current.values()].find((each) => each !== moved)
    if (other === undefined) return
    const distance = (from: Point) => Math.max(1, Math.hypot(from.x - other.at.x, from.y - other.at.y))
    const center = { x: (moved.at.x + other.at.x) / 2 - middle.x, y: (moved.at.y + other.at.y) / 2 - middle.y }
    const panned = { ...view, x: view.x + (moved.at.x - before.x) / 2, y: view.y + (moved.at.y - before.y) / 2 }
    onView(zoomAt(panned, distance(moved.at) / distance(before), center))
  }
  const release = (event: PointerEvent, isKept: boolean) => {
    const one = held.current.get(event.pointerId)
    held.current.delete(event.pointerId)
    if (one === undefined || tool !== 'measure' || event.button > 0) return
    // Dragged, or clicked a second time: there it ends. A first click waits for the second.
    if (!isKept) drawing.drop()
    else if (one.isMoved || isSecondClick.current) drawing.end(applyBack(matrix, placeOf(event)))
    isSecondClick.current = false
  }
  return {
    onPointerDown: (event) => {
      const at = placeOf(event)
      ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
      held.current.set(event.pointerId, { start: at, at, isMoved: false, steps: 0 })
      if (held.current.size > 1) return drawing.drop()
      if (tool !== 'measure' || event.button > 0) return
      isSecondClick.current = drawing.draft !== undefined
      if (!isSecondClick.current) drawing.begin(applyBack(matrix, at))
    },
    onPointerMove: (event) => {
      const one = held.current.get(event.pointerId)
      if (one === undefined) {
        if (drawing.draft !== undefined && drawing.cursor === undefined) drawing.follow(applyBack(matrix, placeOf(event)))
        return
      }
      const before = one.at
      one.at = placeOf(event)
      one.isMoved ||= Math.hypot(one.at.x - one.start.x, one.at.y - one.start.y) > CLICK_PX
      if (held.current.size > 1) return pinch(one, before)
      drag(one, { x: one.at.x - before.x, y: one.at.y - before.y }, (event.buttons & 1) === 0)
    },
    onPointerUp: (event) => release(event, true),
    onPointerCancel: (event) => release(event, false),
  }
}

/** Steps through several pictures; enlarges one, or with Ctrl whatever there is. The page does not scroll meanwhile, so React's own cannot be used. */
export function useWheel(props: CanvasProps, box: RefObject<HTMLDivElement | null>, size: Size): void {
  const latest = useRef({ props, size })
  latest.current = { props, size }
  useEffect(() => {
    const element = box.current
    const turn = (event: WheelEvent) => {
      event.preventDefault()
      const { props: now, size: sizeNow } = latest.current
      if (now.onStep !== undefined && !event.ctrlKey) return now.onStep(Math.sign(event.deltaY))
      const { left, top } = (element as HTMLDivElement).getBoundingClientRect()
      const at = { x: event.clientX - left - sizeNow.width / 2, y: event.clientY - top - sizeNow.height / 2 }
      now.onView(zoomAt(now.view, WHEEL_ZOOM ** -event.deltaY, at))
    }
    element?.addEventListener('wheel', turn, { passive: false })
    return () => element?.removeEventListener('wheel', turn)
  }, [box])
}
