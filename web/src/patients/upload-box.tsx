/** Filing documents: dropped or chosen, each with a title and a type, sent with its progress; stopped and gone on with at will. */
import {
  abandonUploadEndpoint,
  beginUploadEndpoint,
  DOCUMENT_TYPES,
  finishUploadEndpoint,
  SENSITIVITIES,
} from '@couronne/practice/contract'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type DragEvent, useEffect, useId, useRef, useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { DocumentTypeInput } from './document-type-input.tsx'
import { HEAD_BYTES, proposeType } from './propose-type.ts'
import { refreshRecord } from './queries.ts'
import { useRecord } from './record-context.ts'
import { sendUpload, type Upload } from './upload.ts'

interface Chosen {
  readonly key: string
  readonly file: File
}

export function UploadBox() {
  const m = useMessages()
  const id = useId()
  const [chosen, setChosen] = useState<readonly Chosen[]>([])
  const [isOver, setIsOver] = useState(false)
  const add = (files: FileList | null) => {
    // At once: the field is emptied behind it, and the list with it.
    const added = [...(files ?? [])].map((file) => ({ key: crypto.randomUUID(), file }))
    setChosen((before) => [...before, ...added])
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    add(event.dataTransfer.files)
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the mouse; the field inside is for all */}
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
        <span>{m.patients.uploadDrop}</span>
        <input
          className="unseen"
          id={id}
          type="file"
          multiple
          onChange={({ currentTarget }) => {
            add(currentTarget.files)
            currentTarget.value = ''
          }}
        />
        <label htmlFor={id} className="choose-files">
          {m.patients.uploadChoose}
        </label>
      </div>
      <ul className="uploads">
        {chosen.map(({ key, file }) => (
          <li key={key}>
            <FileBeing file={file} onGone={() => setChosen((before) => before.filter((each) => each.key !== key))} />
          </li>
        ))}
      </ul>
    </>
  )
}

type State =
  | { readonly kind: 'asking' }
  | { readonly kind: 'sending' | 'stopped'; readonly upload: Upload; readonly receivedBytes: number }
  | { readonly kind: 'done'; readonly agreesWithName: boolean; readonly isNew: boolean }

function FileBeing({ file, onGone }: { readonly file: File; readonly onGone: () => void }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { patient } = useRecord()
  const [facts, setFacts] = useState<Facts>({ title: titleOfFile(file.name), type: undefined, sensitivity: 'normal' })
  const proposed = useProposedType(file)
  const [state, setState] = useState<State>({ kind: 'asking' })
  const [isBeginning, setIsBeginning] = useState(false)
  const [problem, setProblem] = useState<unknown>()
  const stop = useRef<AbortController>(undefined)
  /** The same until what is wished changes: sending again after a lost answer does the work once. */
  const beginKey = useRef(crypto.randomUUID())
  const finishKey = useRef(crypto.randomUUID())
  const change = (next: Facts) => {
    beginKey.current = crypto.randomUUID()
    setFacts(next)
  }

  const begin = async () => {
    setProblem(undefined)
    const type = DOCUMENT_TYPES.find(({ code }) => code === (facts.type ?? proposed))
    if (type === undefined) return
    const document = {
      title: facts.title.trim(),
      type,
      madeOn: todayIso(new Date(file.lastModified)),
      sensitivity: facts.sensitivity as (typeof SENSITIVITIES)[number],
    }
    setIsBeginning(true)
    try {
      const body = { fileName: file.name, sizeBytes: file.size, document }
      await goOn(await call(beginUploadEndpoint, { params: { patientId: patient.id }, body }, { key: beginKey.current }))
    } catch (error) {
      setProblem(error)
    } finally {
      setIsBeginning(false)
    }
  }
  const goOn = async (upload: Upload) => {
    setProblem(undefined)
    const controller = new AbortController()
    stop.current = controller
    let { receivedBytes } = upload
    setState({ kind: 'sending', upload, receivedBytes })
    try {
      const onProgress = (bytes: number) => {
        receivedBytes = bytes
        setState({ kind: 'sending', upload, receivedBytes })
      }
      await sendUpload(file, upload, { onProgress, signal: controller.signal })
      const params = { uploadId: upload.id }
      const { agreesWithName, isNew } = await call(finishUploadEndpoint, { params }, { key: finishKey.current })
      setState({ kind: 'done', agreesWithName, isNew })
      await refreshRecord(queries, patient.id)
    } catch (error) {
      setState({ kind: 'stopped', upload: { ...upload, receivedBytes }, receivedBytes })
      if (!controller.signal.aborted) setProblem(error)
    }
  }
  const giveUp = () => {
    stop.current?.abort()
    if (state.kind === 'stopped' || state.kind === 'sending')
      call(abandonUploadEndpoint, { params: { uploadId: state.upload.id } }).catch(() => undefined) // the server gives it up by itself, later
    onGone()
  }
  return (
    <div className="upload">
      {problem !== undefined && <ProblemBox problem={problem} />}
      {state.kind === 'asking' && (
        <>
          <FactsAsked file={file} facts={facts} proposed={proposed} onChange={change} />
          <p className="actions">
            <Button disabled={facts.title.trim() === ''} loading={isBeginning} onClick={() => void begin()}>
              {m.patients.uploadSend}
            </Button>
            <Button variant="default" onClick={onGone}>
              {m.forms.cancel}
            </Button>
          </p>
        </>
      )}
      {(state.kind === 'sending' || state.kind === 'stopped') && (
        <>
          <Progress title={facts.title} receivedBytes={state.receivedBytes} sizeBytes={file.size} />
          <p className="actions">
            {state.kind === 'sending' ? (
              <Button variant="default" onClick={() => stop.current?.abort()}>
                {m.patients.uploadStop}
              </Button>
            ) : (
              <Button onClick={() => void goOn(state.upload)}>{m.patients.uploadGoOn}</Button>
            )}
            <Button variant="default" onClick={giveUp}>
              {m.patients.uploadGiveUp}
            </Button>
          </p>
        </>
      )}
      {state.kind === 'done' && (
        <p role="status">
          <span className="good">{m.patients.uploadDone(facts.title)}</span> {!state.agreesWithName && m.patients.uploadOtherType}{' '}
          {!state.isNew && m.patients.uploadKnown}{' '}
          <button type="button" className="link" onClick={onGone}>
            {m.forms.close}
          </button>
        </p>
      )}
    </div>
  )
}

function Progress({
  title,
  receivedBytes,
  sizeBytes,
}: {
  readonly title: string
  readonly receivedBytes: number
  readonly sizeBytes: number
}) {
  const m = useMessages()
  const format = useFormat()
  const startedAt = useRef({ at: performance.now(), bytes: receivedBytes })
  const seconds = (performance.now() - startedAt.current.at) / 1000
  const sent = receivedBytes - startedAt.current.bytes
  const left = sent > 0 ? Math.ceil(((sizeBytes - receivedBytes) * seconds) / sent) : undefined
  return (
    <>
      <p>
        <strong>{title}</strong>
      </p>
      <progress max={Math.max(sizeBytes, 1)} value={receivedBytes} aria-label={title} />
      <p className="aside">
        {m.patients.uploadProgress(format.size(receivedBytes), format.size(sizeBytes))}{' '}
        {left !== undefined && left > 2 && m.patients.uploadLeft(left)}
      </p>
    </>
  )
}

interface Facts {
  readonly title: string
  /** a code; absent: what is proposed */
  readonly type: string | undefined
  readonly sensitivity: string
}

function useProposedType(file: File): string {
  const [head, setHead] = useState(new Uint8Array())
  useEffect(() => {
    file
      .slice(0, HEAD_BYTES)
      .arrayBuffer()
      .then((bytes) => setHead(new Uint8Array(bytes)))
      .catch(() => undefined) // a file that is gone is told when it is sent
  }, [file])
  return proposeType(file.name, head)
}

function FactsAsked({
  file,
  facts,
  proposed,
  onChange,
}: {
  readonly file: File
  readonly facts: Facts
  readonly proposed: string
  readonly onChange: (facts: Facts) => void
}) {
  const m = useMessages()
  const format = useFormat()
  return (
    <>
      <p className="aside">
        {file.name} · {format.size(file.size)}
      </p>
      <div className="row-fields">
        <TextInput
          label={m.patients.labels.title}
          maxLength={300}
          value={facts.title}
          onChange={({ currentTarget }) => onChange({ ...facts, title: currentTarget.value })}
        />
        <DocumentTypeInput
          label={m.patients.labels.documentType}
          description={facts.type === undefined ? m.patients.typeProposed : undefined}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          chosen={DOCUMENT_TYPES.find(({ code }) => code === (facts.type ?? proposed))}
          onChoose={(type) => onChange({ ...facts, type })}
        />
        <NativeSelect
          label={m.patients.labels.sensitivity}
          value={facts.sensitivity}
          onChange={({ currentTarget }) => onChange({ ...facts, sensitivity: currentTarget.value })}
          data={SENSITIVITIES.map((value) => ({ value, label: m.patients.choices.sensitivity[value] }))}
        />
      </div>
    </>
  )
}

function titleOfFile(name: string): string {
  return name.replace(/\.[^.]{1,8}$/, '').slice(0, 300)
}
