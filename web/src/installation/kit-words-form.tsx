/** Twenty-four numbered fields; each word is looked up in the list as it is left, and four letters are enough. Pasting fills the rest. */
import { Button } from '@mantine/core'
import { wordlist } from '@scure/bip39/wordlists/french.js'
import { type ClipboardEvent, type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { findWord, foldWord, splitWords } from './words.ts'

const COUNT = 24
const LIST = new Map(wordlist.map((word) => [foldWord(word), word]))

export function KitWordsForm({ onWords }: { readonly onWords: (words: string) => Promise<void> }) {
  const m = useMessages()
  const id = useId()
  const [typed, setTyped] = useState<readonly string[]>(() => Array.from({ length: COUNT }, () => ''))
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set())
  const [problem, setProblem] = useState<unknown>()
  const [isSending, setIsSending] = useState(false)
  const refusal = useRef<HTMLDivElement>(null)
  const isKnown = (place: number) => LIST.has(foldWord(typed[place] ?? ''))
  const knownCount = typed.filter((_, place) => isKnown(place)).length

  useEffect(() => {
    if (problem !== undefined) refusal.current?.focus()
  }, [problem])

  const setWords = (from: number, words: readonly string[]) =>
    setTyped((before) => before.map((word, place) => words[place - from] ?? word))

  const leave = (place: number) => {
    const found = findWord(typed[place] ?? '', LIST)
    if (found !== undefined) setWords(place, [found])
    setLeft((before) => new Set([...before, place]))
  }
  const paste = (event: ClipboardEvent<HTMLInputElement>, place: number) => {
    const words = splitWords(event.clipboardData.getData('text'))
    if (words.length < 2) return
    event.preventDefault()
    setWords(place, words)
    setLeft((before) => new Set([...before, ...words.map((_, index) => place + index)]))
  }
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setLeft(new Set(typed.keys()))
    const firstWrong = typed.findIndex((_, place) => !isKnown(place))
    if (firstWrong >= 0) {
      document.getElementById(`${id}${firstWrong}`)?.focus()
      return
    }
    setProblem(undefined)
    setIsSending(true)
    try {
      await onWords(typed.join(' '))
    } catch (error) {
      setProblem(error)
    } finally {
      setIsSending(false)
    }
  }
  return (
    <form className="form" noValidate onSubmit={(event) => void send(event)}>
      {problem !== undefined && (
        <div ref={refusal} tabIndex={-1}>
          <ProblemBox problem={problem} />
        </div>
      )}
      <p>{m.installation.kit.typeLead}</p>
      <ol className="word-fields">
        {typed.map((word, place) => {
          const isWrong = left.has(place) && word !== '' && !isKnown(place)
          const isMissing = left.has(place) && word === ''
          const message = isWrong ? m.installation.kit.notInList : isMissing ? m.installation.kit.missing : ''
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: its place is what a field is
            <li key={place}>
              <label htmlFor={`${id}${place}`}>
                <span aria-hidden="true">{place + 1}</span>
                <span className="unseen">{m.installation.kit.wordNumber(place + 1)}</span>
              </label>
              <input
                id={`${id}${place}`}
                value={word}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                aria-invalid={isWrong || isMissing}
                aria-describedby={`${id}${place}-note`}
                data-known={isKnown(place) || undefined}
                onChange={(event) => setWords(place, [event.currentTarget.value])}
                onBlur={() => leave(place)}
                onPaste={(event) => paste(event, place)}
              />
              <span id={`${id}${place}-note`} className="word-note">
                {message}
              </span>
            </li>
          )
        })}
      </ol>
      <p role="status">{m.installation.kit.known(knownCount)}</p>
      <div className="actions">
        <Button type="submit" loading={isSending} loaderProps={{ type: 'dots' }}>
          {m.installation.unsealAction}
        </Button>
      </div>
    </form>
  )
}
