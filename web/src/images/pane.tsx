/** A picture with all that one does to it: through its slices, its contrast, its size, lengths on it; and what must be known of it. */
import { Button, NativeSelect } from '@mantine/core'
import { type ReactNode, useId, useState } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { FileFacts } from './file-facts.tsx'
import type { Measure, Tool } from './handling.ts'
import { lengthInWords, useNumbers } from './image-words.ts'
import { lengthOf } from './length.ts'
import type { Loaded } from './load-picture.ts'
import { PictureCanvas } from './picture-canvas.tsx'
import type { KnownPatient } from './same-person.ts'
import { COLOUR_WINDOW, firstShading, type Shading } from './shades.ts'
import type { Step } from './step.ts'
import { usePicture } from './use-picture.ts'
import { type View, zoomAt } from './view.ts'
import { Warnings } from './warnings.tsx'

export function Pane({
  name,
  steps,
  first = 0,
  view,
  onView,
  patient,
  children,
}: {
  /** what it shows, in words */
  readonly name: string
  readonly steps: readonly Step[]
  /** the step to begin with */
  readonly first?: number
  readonly view: View
  readonly onView: (view: View) => void
  /** whose record it lies in; absent: nobody's yet */
  readonly patient?: KnownPatient | undefined
  /** what is chosen above the picture */
  readonly children?: ReactNode
}) {
  const m = useMessages()
  const [at, setAt] = useState(first)
  const state = usePicture(steps[at])
  const step = (by: number) => setAt((before) => Math.max(0, Math.min(steps.length - 1, before + by)))
  const slices = steps.length > 1 && <Slices at={at} count={steps.length} onAt={setAt} />
  return (
    <section className="pane" aria-label={name}>
      {children}
      {state.kind === 'shown' && <Warnings loaded={state.loaded} patient={patient} />}
      {state.kind === 'waiting' && (
        <p className="picture-box picture-message" role="status">
          {m.images.loading}
        </p>
      )}
      {state.kind === 'failed' && <ProblemBox problem={state.problem} />}
      {state.kind === 'impossible' && (
        <div className="picture-box picture-message" role="alert">
          <p>{m.images.impossible[state.reason]}</p>
          <p>
            <a href={state.step.saveAddress} download>
              {m.images.saveOriginal}
            </a>
          </p>
        </div>
      )}
      {state.kind === 'shown' && (
        <Shown
          name={name}
          loaded={state.loaded}
          pictureKey={`${state.step.fileKey} ${state.step.frame}`}
          fileKey={steps.length > 1 ? `all ${state.loaded.picture.kind}` : state.step.fileKey}
          view={view}
          onView={onView}
          onStep={steps.length > 1 ? step : undefined}
          slices={slices}
        />
      )}
      {state.kind === 'shown' ? <FileFacts step={state.step} loaded={state.loaded} /> : slices}
    </section>
  )
}

function Slices({ at, count, onAt }: { readonly at: number; readonly count: number; readonly onAt: (at: number) => void }) {
  const m = useMessages()
  const id = useId()
  return (
    <div className="slices">
      <label htmlFor={id}>{m.images.sliceOf(at + 1, count)}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={count - 1}
        value={at}
        aria-valuetext={m.images.sliceOf(at + 1, count)}
        onChange={(event) => onAt(Number(event.currentTarget.value))}
      />
    </div>
  )
}

interface ShownProps {
  readonly name: string
  readonly loaded: Loaded
  readonly pictureKey: string
  /** slices of one volume share their contrast */
  readonly fileKey: string
  readonly view: View
  readonly onView: (view: View) => void
  readonly onStep: ((by: number) => void) | undefined
  /** stands right under the picture */
  readonly slices: ReactNode
}

function Shown({ name, loaded, pictureKey, fileKey, view, onView, onStep, slices }: ShownProps) {
  const m = useMessages()
  const { picture, facts } = loaded
  const [tool, setTool] = useState<Tool>(onStep === undefined ? 'move' : 'slices')
  // Of a volume the first slice in sight sets the contrast, so that the others can be compared with it.
  const [chosen, setChosen] = useState({ fileKey, shading: firstShadingOf(picture) })
  const [measured, setMeasured] = useState<{ readonly pictureKey: string; readonly measures: readonly Measure[] }>()
  const shading = chosen.fileKey === fileKey ? chosen.shading : firstShadingOf(picture)
  const measures = measured?.pictureKey === pictureKey ? measured.measures : []
  const setShading = (next: Shading) => setChosen({ fileKey, shading: next })
  const setMeasures = (next: readonly Measure[]) => setMeasured({ pictureKey, measures: next })
  return (
    <>
      <Tools tool={tool} onTool={setTool} isStack={onStep !== undefined} />
      <PictureCanvas
        picture={picture}
        aspect={facts?.aspect ?? 1}
        label={m.images.pictureLabel(name)}
        tool={tool}
        view={view}
        onView={onView}
        shading={shading}
        onShading={setShading}
        measures={measures}
        onMeasure={(measure) => setMeasures([...measures, measure])}
        onStep={onStep}
      />
      {slices}
      <p className="aside">{m.images.toolHelp[tool]}</p>
      <Turns view={view} onView={onView} shading={shading} onShading={setShading} hasOverlays={picture.overlays.length > 0} />
      <Contrast loaded={loaded} shading={shading} onShading={setShading} />
      {(tool === 'measure' || measures.length > 0) && <Measures loaded={loaded} measures={measures} onMeasures={setMeasures} />}
    </>
  )
}

/** The same object each time: what is drawn is drawn anew only when something has changed. */
const firstShadings = new WeakMap<object, Shading>()
function firstShadingOf(picture: Loaded['picture']): Shading {
  const shading = firstShadings.get(picture) ?? firstShading(picture)
  firstShadings.set(picture, shading)
  return shading
}

function Tools({
  tool,
  onTool,
  isStack,
}: {
  readonly tool: Tool
  readonly onTool: (tool: Tool) => void
  readonly isStack: boolean
}) {
  const m = useMessages()
  const tools: readonly Tool[] = isStack ? ['slices', 'move', 'window', 'measure'] : ['move', 'window', 'measure']
  return (
    <fieldset className="switch picture-tools">
      <legend className="unseen">{m.images.toolsLabel}</legend>
      {tools.map((each) => (
        <button key={each} type="button" aria-pressed={each === tool} onClick={() => onTool(each)}>
          {m.images.tools[each]}
        </button>
      ))}
    </fieldset>
  )
}

function Turns({
  view,
  onView,
  shading,
  onShading,
  hasOverlays,
}: {
  readonly view: View
  readonly onView: (view: View) => void
  readonly shading: Shading
  readonly onShading: (shading: Shading) => void
  readonly hasOverlays: boolean
}) {
  const m = useMessages()
  const acts: readonly (readonly [string, () => void, boolean?])[] = [
    [m.images.larger, () => onView(zoomAt(view, 1.25))],
    [m.images.smaller, () => onView(zoomAt(view, 0.8))],
    [m.images.fit, () => onView({ ...view, zoom: 1, x: 0, y: 0 })],
    [m.images.turn, () => onView({ ...view, turns: (view.turns + 1) & 3 })],
    [m.images.flip, () => onView({ ...view, isFlipped: !view.isFlipped }), view.isFlipped],
    [m.images.invert, () => onShading({ ...shading, isInverted: !shading.isInverted }), shading.isInverted],
    ...(hasOverlays
      ? [[m.images.overlays, () => onShading({ ...shading, withOverlays: !shading.withOverlays }), shading.withOverlays] as const]
      : []),
  ]
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons are no fields
    <div role="group" className="picture-acts" aria-label={m.images.turnsLabel}>
      {acts.map(([name, act, isOn]) => (
        <Button
          key={name}
          size="compact-sm"
          variant={isOn === true ? 'light' : 'default'}
          {...(isOn === undefined ? {} : { 'aria-pressed': isOn })}
          onClick={act}
        >
          {name}
        </Button>
      ))}
    </div>
  )
}

/** The device's own windows, those that are reckoned, and what stands now. */
function Contrast({
  loaded: { picture },
  shading,
  onShading,
}: {
  readonly loaded: Loaded
  readonly shading: Shading
  readonly onShading: (shading: Shading) => void
}) {
  const m = useMessages()
  const { window } = shading
  const presets =
    picture.kind === 'colour'
      ? [{ name: m.images.asItIs, window: COLOUR_WINDOW }]
      : [
          ...picture.windows.map((each, i) => ({
            name: each.label ?? m.images.deviceWindow(i + 1, picture.windows.length),
            window: each,
          })),
          { name: m.images.usualWindow, window: picture.fitting.usual },
          { name: m.images.wholeWindow, window: picture.fitting.whole },
        ]
  const current = presets.findIndex((each) => each.window.center === window.center && each.window.width === window.width)
  return (
    <NativeSelect
      className="contrast"
      label={m.images.contrast}
      description={m.images.windowIs(Math.round(window.center), Math.round(window.width))}
      value={current === -1 ? 'own' : String(current)}
      onChange={({ currentTarget }) => {
        const preset = presets[Number(currentTarget.value)]
        if (preset !== undefined) onShading({ ...shading, window: { center: preset.window.center, width: preset.window.width } })
      }}
      data={[
        ...presets.map(({ name }, i) => ({ value: String(i), label: name })),
        ...(current === -1 ? [{ value: 'own', label: m.images.ownWindow }] : []),
      ]}
    />
  )
}

function Measures({
  loaded,
  measures,
  onMeasures,
}: {
  readonly loaded: Loaded
  readonly measures: readonly Measure[]
  readonly onMeasures: (measures: readonly Measure[]) => void
}) {
  const m = useMessages()
  const numbers = useNumbers()
  const spacing = loaded.isPreview ? undefined : loaded.facts?.spacing
  return (
    <div className="measures">
      <p className="aside">
        {m.images.scaleIs[spacing?.at ?? 'pixels']} {m.images.measuresPass}
      </p>
      <ol aria-live="polite">
        {measures.map((measure, i) => {
          const words = lengthInWords(lengthOf(measure.from, measure.to, spacing), m, numbers)
          return (
            <li key={`${measure.from.x} ${measure.from.y} ${measure.to.x} ${measure.to.y}`}>
              {m.images.measureIs(i + 1, words)}{' '}
              <button
                type="button"
                className="link"
                aria-label={m.images.dropMeasure(i + 1)}
                onClick={() => onMeasures(measures.toSpliced(i, 1))}
              >
                {m.images.drop}
              </button>
            </li>
          )
        })}
      </ol>
    </div>
  )
}
