/**
 * A picture in its box: drawn, moved, enlarged, measured on, with the mouse, fingers or keys. What it does is for its owner to keep: the view,
 * the shading and the measures are given and told.
 */
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useMessages } from '#messages'
import type { Picture } from './dicom/picture.ts'
import { type CanvasProps, type Measure, press, useMeasuring, usePointers, useWheel } from './handling.ts'
import { type Shading, shade } from './shades.ts'
import { apply, type Matrix, matrixOf, type Point, type Size } from './view.ts'

export function PictureCanvas(props: CanvasProps) {
  const m = useMessages()
  const { picture, aspect, label, tool, view, shading, measures } = props
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useSize(box)
  const matrix = useMemo(
    () => matrixOf(view, { width: picture.columns, height: picture.rows }, aspect, size),
    [view, picture, aspect, size],
  )
  useDrawing(canvas, picture, shading, matrix, size)
  const drawing = useMeasuring(props, matrix)
  const pointers = usePointers(props, box, matrix, size, drawing)
  useWheel(props, box, size)
  return (
    <div
      ref={box}
      className="picture-box"
      role="application"
      aria-label={label}
      aria-roledescription={m.images.pictureRole}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it has keys of its own, which the page lists
      tabIndex={0}
      data-tool={tool}
      onKeyDown={(event) => press(event, props, drawing)}
      onContextMenu={(event) => event.preventDefault()}
      onBlur={drawing.hideCursor}
      {...pointers}
    >
      <canvas ref={canvas} width={1} height={1} />
      <svg className="picture-lines" aria-hidden="true">
        {measures.map((measure, i) => (
          <Line
            key={`${measure.from.x} ${measure.from.y} ${measure.to.x} ${measure.to.y}`}
            measure={measure}
            matrix={matrix}
            number={i + 1}
          />
        ))}
        {drawing.draft !== undefined && <Line measure={drawing.draft} matrix={matrix} />}
        {drawing.cursor !== undefined && tool === 'measure' && <Cross at={apply(matrix, drawing.cursor)} />}
      </svg>
    </div>
  )
}

function Line({ measure, matrix, number }: { readonly measure: Measure; readonly matrix: Matrix; readonly number?: number }) {
  const from = apply(matrix, measure.from)
  const to = apply(matrix, measure.to)
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y }
  return (
    <g>
      <line className="under" {...ends} />
      <line {...ends} />
      <circle cx={from.x} cy={from.y} r={3.5} />
      <circle cx={to.x} cy={to.y} r={3.5} />
      {number !== undefined && (
        <text x={to.x + 8} y={to.y - 6}>
          {number}
        </text>
      )}
    </g>
  )
}

function Cross({ at }: { readonly at: Point }) {
  const path = `M${at.x - 12} ${at.y}h24M${at.x} ${at.y - 12}v24`
  return (
    <g>
      <path className="under" d={path} />
      <path d={path} />
    </g>
  )
}

function useSize(box: RefObject<HTMLDivElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 1, height: 1 })
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const read = () => setSize({ width: Math.max(1, element.clientWidth), height: Math.max(1, element.clientHeight) })
    read()
    const observer = new ResizeObserver(read)
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return size
}

/** The shades once for each window; the place of the picture as often as it moves. */
function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  picture: Picture,
  shading: Shading,
  matrix: Matrix,
  size: Size,
): void {
  const shaded = useMemo(() => {
    const whole = new OffscreenCanvas(picture.columns, picture.rows)
    whole.getContext('2d')?.putImageData(new ImageData(shade(picture, shading), picture.columns, picture.rows), 0, 0)
    return whole
  }, [picture, shading])
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const element = canvas.current
      const context = element?.getContext('2d')
      if (element == null || context == null) return
      const density = window.devicePixelRatio
      element.width = Math.round(size.width * density)
      element.height = Math.round(size.height * density)
      context.fillStyle = '#000'
      context.fillRect(0, 0, element.width, element.height)
      const { a, b, c, d, e, f } = matrix
      context.setTransform(a * density, b * density, c * density, d * density, e * density, f * density)
      // Enlarged beyond its pixels a picture is shown as it is, not as it might have been between them.
      context.imageSmoothingEnabled = Math.hypot(a, b) * density < 3
      context.imageSmoothingQuality = 'high'
      context.drawImage(shaded, 0, 0)
    })
    return () => cancelAnimationFrame(frame)
  }, [canvas, shaded, matrix, size])
}
