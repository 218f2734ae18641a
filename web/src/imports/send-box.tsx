/** Files and folders, chosen or dropped, and sent with their progress: stopped and gone on with at will, after a reload too. */
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type DragEvent, type ReactNode, useId, useRef, useState } from 'react'
import { ProblemBox, useLeaveWarning } from '#forms'
import { useFormat, useMessages } from '#messages'
import { addFiles, type ChosenFile, filesOfDrop, filesOfField } from './chosen-files.ts'
import { guessKind } from './guess-kind.ts'
import { refreshImports } from './queries.ts'
import { type NotSent, type SentSoFar, sendFiles } from './send-files.ts'

const NAMES_SHOWN = 8

type Sending =
  | { readonly kind: 'choosing' | 'stopped' }
  | { readonly kind: 'sending'; readonly sent: SentSoFar; readonly startedAt: number; readonly startBytes: number }
  | { readonly kind: 'done'; readonly files: number }

export function SendBox({ sourceId }: { readonly sourceId: string }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<readonly ChosenFile[]>([])
  const [state, setState] = useState<Sending>({ kind: 'choosing' })
  const [notSent, setNotSent] = useState<readonly NotSent[]>([])
  const [problem, setProblem] = useState<unknown>()
  const stop = useRef<AbortController>(undefined)
  useLeaveWarning(state.kind === 'sending')
  const add = (files: readonly ChosenFile[]) => {
    setChosen((before) => addFiles(before, files))
    setState({ kind: 'choosing' })
  }
  const send = async () => {
    setProblem(undefined)
    const controller = new AbortController()
    stop.current = controller
    let startBytes: number | undefined
    const startedAt = performance.now()
    try {
      const onProgress = (sent: SentSoFar) => {
        startBytes ??= sent.bytes
        setState({ kind: 'sending', sent, startedAt, startBytes })
      }
      const left = await sendFiles(sourceId, chosen, { onProgress, signal: controller.signal })
      setNotSent(left)
      setState({ kind: 'done', files: chosen.length - left.length })
      setChosen([])
    } catch (error) {
      setState({ kind: 'stopped' })
      if (!controller.signal.aborted) setProblem(error)
    }
    await refreshImports(queries)
  }
  return (
    <>
      <DropZone isBusy={state.kind === 'sending'} onChoose={add} />
      {problem !== undefined && <ProblemBox problem={problem} />}
      {state.kind === 'sending' && <SendProgress {...state} />}
      {chosen.length > 0 && state.kind !== 'sending' && <ChosenList chosen={chosen} />}
      <div className="actions">
        {state.kind === 'sending' ? (
          <Button variant="default" onClick={() => stop.current?.abort()}>
            {m.imports.sendStop}
          </Button>
        ) : (
          chosen.length > 0 && (
            <>
              <Button onClick={() => void send()}>{state.kind === 'stopped' ? m.imports.sendGoOn : m.imports.send}</Button>
              <Button variant="default" onClick={() => setChosen([])}>
                {m.forms.cancel}
              </Button>
            </>
          )
        )}
      </div>
      <p role="status">
        {state.kind === 'done' && <span className="good">{m.imports.sent(state.files)}</span>}
        {state.kind === 'stopped' && m.imports.sendStopped}
      </p>
      {notSent.length > 0 && (
        <div className="refusal" role="alert">
          <p>{m.imports.notSent(notSent.length)}</p>
          <ul>
            {notSent.slice(0, NAMES_SHOWN).map(({ path }) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}

function DropZone({ isBusy, onChoose }: { readonly isBusy: boolean; readonly onChoose: (files: ChosenFile[]) => void }) {
  const m = useMessages()
  const [isOver, setIsOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    if (!isBusy) void filesOfDrop(event.dataTransfer.items).then(onChoose)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the mouse; the fields inside are for all
    <div
      className="drop"
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <span>{m.imports.drop}</span>
      <FileField isBusy={isBusy} onChoose={onChoose}>
        {m.imports.chooseFiles}
      </FileField>
      <FileField isBusy={isBusy} isFolder onChoose={onChoose}>
        {m.imports.chooseFolder}
      </FileField>
    </div>
  )
}

function FileField({
  isBusy,
  isFolder = false,
  onChoose,
  children,
}: {
  readonly isBusy: boolean
  readonly isFolder?: boolean
  readonly onChoose: (files: ChosenFile[]) => void
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <>
      <input
        className="unseen"
        id={id}
        type="file"
        multiple
        disabled={isBusy}
        {...(isFolder ? { webkitdirectory: '' } : {})}
        onChange={({ currentTarget }) => {
          onChoose(filesOfField(currentTarget.files ?? []))
          currentTarget.value = ''
        }}
      />
      <label htmlFor={id} className="choose-files">
        {children}
      </label>
    </>
  )
}

function ChosenList({ chosen }: { readonly chosen: readonly ChosenFile[] }) {
  const m = useMessages()
  const format = useFormat()
  const kind = guessKind(chosen.map(({ path }) => path))
  const bytes = chosen.reduce((sum, { file }) => sum + file.size, 0)
  return (
    <div className="chosen-files">
      <p role="status">
        <strong>{m.imports.chosen(chosen.length)}</strong> · {format.size(bytes)}
        {kind !== undefined && <> · {m.imports.looksLike(m.imports.kinds[kind].name)}</>}
      </p>
      {kind === 'dicom' && <p className="note">{m.imports.dicomSorted}</p>}
      <ul className="plain">
        {chosen.slice(0, NAMES_SHOWN).map(({ path }) => (
          <li key={path}>{path}</li>
        ))}
        {chosen.length > NAMES_SHOWN && <li>{m.imports.andMore(chosen.length - NAMES_SHOWN)}</li>}
      </ul>
    </div>
  )
}

function SendProgress({ sent, startedAt, startBytes }: Extract<Sending, { readonly kind: 'sending' }>) {
  const m = useMessages()
  const format = useFormat()
  const seconds = (performance.now() - startedAt) / 1000
  const made = sent.bytes - startBytes
  const left = made > 0 ? Math.ceil(((sent.bytesTotal - sent.bytes) * seconds) / made) : undefined
  return (
    <div className="sample-progress">
      <progress aria-label={m.imports.sending} max={Math.max(sent.bytesTotal, 1)} value={sent.bytes} />
      <p className="aside">
        {m.imports.sentSoFar(format.number(sent.files), format.number(sent.filesTotal))} ·{' '}
        {m.imports.bytesSoFar(format.size(sent.bytes), format.size(sent.bytesTotal))}
        {left !== undefined && left > 2 && <> · {m.imports.timeLeft(left)}</>}
      </p>
    </div>
  )
}
