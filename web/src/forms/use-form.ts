/**
 * A form's state: values, what is wrong with them in words, sending. Each field is checked from the moment it was filled in and left; all
 * when it is sent. One wish has one key, so that sending again after a lost answer does the work once.
 */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { Problem } from '#api'
import { type Messages, useMessages } from '#messages'
import { dropDraft, keepDraft, readDraft } from './drafts.ts'

export type FormValues = Record<string, string | boolean>

/** A text for each field that is wrong. */
export type FieldErrors<V> = Partial<Record<keyof V & string, string | undefined>>

export interface FormOptions<V extends FormValues> {
  readonly initial: V
  /** in words, for each field that is wrong; pure */
  readonly check?: (values: V, m: Messages) => FieldErrors<V>
  /** @param key for `call`: the same until the wish is granted or changed */
  readonly send: (values: V, key: string) => Promise<unknown>
  /** keeps what was typed under this name when the page goes away */
  readonly draft?: string
  /** fields that are never kept */
  readonly secrets?: readonly (keyof V & string)[]
  /** which field a path of the server's answer is about; its last part when absent */
  readonly fieldOf?: (path: string) => string
  /** what the server has said of these values when a later step was sent */
  readonly refusal?: Problem | undefined
}

export interface Form<V extends FormValues> {
  readonly id: string
  readonly values: V
  readonly set: <Name extends keyof V & string>(name: Name, value: V[Name]) => void
  /** @param to where the focus goes */
  readonly leave: (name: keyof V & string, to: EventTarget | null) => void
  readonly errorOf: (name: keyof V & string) => string | undefined
  /** what is shown above the form after it was sent and refused */
  readonly summary: readonly { readonly name: string; readonly text: string }[]
  /** what went wrong that is no field's fault */
  readonly problem: Problem | undefined
  readonly refusals: number
  readonly isSending: boolean
  readonly isChanged: boolean
  /** what was typed before and never sent has come back */
  readonly isDraft: boolean
  readonly submit: (event: FormEvent) => void
  readonly reset: (values?: V) => void
}

/** Longer than a click: not every browser says that the focus went to a button. */
const LEAVE_MS = 200

export function useForm<V extends FormValues>(options: FormOptions<V>): Form<V> {
  const { initial, draft, secrets = [] } = options
  const m = useMessages()
  const id = useId()
  const [base, setBase] = useState(initial)
  const [isDraft, setIsDraft] = useState(() => draft !== undefined && readDraft(draft) !== undefined)
  const [values, setValues] = useState<V>(() => ({
    ...initial,
    ...(draft === undefined ? {} : (readDraft(draft) as Partial<V>)),
  }))
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [refused, setRefused] = useState(() => fieldsOf(options.refusal, options.fieldOf, initial, m) as FieldErrors<V>)
  const [problem, setProblem] = useState<Problem>()
  const [refusals, setRefusals] = useState(options.refusal === undefined ? 0 : 1)
  const [isSending, setIsSending] = useState(false)
  const key = useRef(crypto.randomUUID())
  const latest = useRef(values)
  const resets = useRef(0)

  const wrong: FieldErrors<V> = options.check?.(values, m) ?? {}
  const isChanged = Object.keys(values).some((name) => values[name] !== base[name])
  useLeaveWarning(isChanged)

  const errorOf = (name: keyof V & string) => refused[name] ?? (left.has(name) ? wrong[name] : undefined)

  const set: Form<V>['set'] = (name, value) => {
    const next = { ...latest.current, [name]: value }
    latest.current = next
    setValues(next)
    setRefused(({ [name]: _, ...others }) => others as FieldErrors<V>)
    key.current = crypto.randomUUID()
    if (draft !== undefined)
      keepDraft(draft, Object.fromEntries(Object.entries(next).filter(([each]) => !secrets.includes(each))))
  }

  const reset: Form<V>['reset'] = (to = initial) => {
    if (draft !== undefined) dropDraft(draft)
    key.current = crypto.randomUUID()
    latest.current = to
    resets.current++
    setBase(to)
    setValues(to)
    setLeft(new Set())
    setRefused({})
    setProblem(undefined)
    setIsDraft(false)
  }

  const send = async () => {
    setProblem(undefined)
    setLeft(new Set(Object.keys(values)))
    if (Object.values(wrong).some((text) => text !== undefined)) {
      setRefusals((count) => count + 1)
      return
    }
    setIsSending(true)
    try {
      const before = resets.current
      await options.send(values, key.current)
      if (draft !== undefined) dropDraft(draft)
      // A form that was emptied by what it sent has nothing to lose any more.
      if (resets.current === before) setBase(values)
      setIsDraft(false)
      key.current = crypto.randomUUID()
    } catch (error) {
      const found = error instanceof Problem ? error : undefined
      if (found === undefined) console.error(error)
      const byField = fieldsOf(found, options.fieldOf, values, m)
      setRefused(byField as FieldErrors<V>)
      setProblem(Object.keys(byField).length > 0 ? undefined : (found ?? Problem.unexpected(0)))
      setRefusals((count) => count + 1)
    } finally {
      setIsSending(false)
    }
  }

  const shown = { ...wrong, ...refused } as FieldErrors<V>
  return {
    id,
    values,
    set,
    leave: (name, to) => {
      // A message that appears while a button is pressed moves the button away from under the finger: what the button does checks all anyway.
      if (to instanceof HTMLButtonElement) return
      // Who has typed nothing yet has made no mistake: passing through a field, or opening a hint, is no reason to be told off.
      if (latest.current[name] === base[name]) return
      setTimeout(() => setLeft((before) => new Set([...before, name])), LEAVE_MS)
    },
    errorOf,
    summary:
      refusals === 0
        ? []
        : Object.entries(shown).flatMap(([name, text]) => (text === undefined ? [] : [{ name, text: text as string }])),
    problem,
    refusals,
    isSending,
    isChanged,
    isDraft,
    submit: (event) => {
      event.preventDefault()
      if (!isSending) void send()
    },
    reset,
  }
}

/** The address of a field, for its label and for the list of what is wrong. */
export function fieldId(form: { readonly id: string }, name: string): string {
  return `${form.id}${name}`
}

function fieldsOf(
  problem: Problem | undefined,
  fieldOf: FormOptions<FormValues>['fieldOf'] = (path) => path.split('.').at(-1) ?? path,
  values: FormValues,
  m: Messages,
): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { path, problem: word } of problem?.fields ?? []) {
    const name = fieldOf(path)
    if (name in values) found[name] ??= (m.fieldProblems as Record<string, string>)[word] ?? m.fieldProblems.other
  }
  return found
}

/** The browser asks before the tab is closed, as long as something would be lost by it. */
export function useLeaveWarning(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [isChanged])
}
