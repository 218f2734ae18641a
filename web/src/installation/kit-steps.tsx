/** A recovery kit: shown once, printed, and two of its words typed back. */
import { Button, Checkbox } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { FormBox, TextField, useForm, useLeaveWarning } from '#forms'
import { useFormat, useMessages } from '#messages'
import { Mark, Page } from '#shell'
import { foldWord } from './words.ts'

export interface KitStepsProps {
  readonly words: readonly string[]
  readonly practiceName: string
  readonly title: string
  /** where one stands in the whole */
  readonly progress?: ReactNode
  readonly onDone: () => void
}

export function KitSteps(props: KitStepsProps) {
  useLeaveWarning(true)
  const [isPrinted, setIsPrinted] = useState(false)
  const [asked] = useState(() => twoPlaces(props.words.length))
  if (isPrinted) return <KitCheck {...props} asked={asked} onBack={() => setIsPrinted(false)} />
  return <KitSheet {...props} onPrinted={() => setIsPrinted(true)} />
}

function KitSheet({ words, practiceName, title, progress, onPrinted }: KitStepsProps & { readonly onPrinted: () => void }) {
  const m = useMessages()
  const format = useFormat()
  const [isKept, setIsKept] = useState(false)
  const [madeAt] = useState(() => new Date().toISOString())
  return (
    <Page title={title} lead={<span className="no-print">{m.installation.kit.lead}</span>} isNarrow>
      {progress}
      <section className="kit" aria-label={m.installation.kit.title}>
        <header>
          <Mark size={44} />
          <div>
            <p className="kit-title">{m.installation.kit.title}</p>
            <p className="kit-practice">{practiceName}</p>
          </div>
          <p className="kit-date">{format.dayOf(madeAt)}</p>
        </header>
        <ol className="kit-words" translate="no">
          {words.map((word, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a word may come twice, its place is what it is
            <li key={index}>{word.normalize('NFC')}</li>
          ))}
        </ol>
        <p>{m.installation.kit.what}</p>
        <p>{m.installation.kit.where}</p>
      </section>
      <div className="no-print kit-after">
        <p className="note">{m.installation.kit.once}</p>
        <p>
          <Button variant="default" onClick={() => window.print()}>
            {m.installation.kit.print}
          </Button>
        </p>
        <Checkbox label={m.installation.kit.kept} checked={isKept} onChange={(event) => setIsKept(event.currentTarget.checked)} />
        <div className="actions">
          <Button disabled={!isKept} onClick={onPrinted}>
            {m.forms.next}
          </Button>
        </div>
      </div>
    </Page>
  )
}

function KitCheck({
  words,
  progress,
  asked: [first, second],
  onBack,
  onDone,
}: KitStepsProps & { readonly asked: readonly [number, number]; readonly onBack: () => void }) {
  const m = useMessages()
  const wrong = (typed: string, place: number) =>
    foldWord(typed) === foldWord(words[place] ?? '') ? undefined : m.installation.kit.wordDiffers(place + 1)
  const form = useForm({
    initial: { first: '', second: '' },
    check: (values) => ({ first: wrong(values.first, first), second: wrong(values.second, second) }),
    send: async () => onDone(),
  })
  return (
    <Page title={m.installation.kit.checkTitle} lead={m.installation.kit.checkLead} isNarrow>
      {progress}
      <FormBox
        form={form}
        action={m.installation.kit.checkAction}
        beside={
          <Button variant="default" onClick={onBack}>
            {m.installation.kit.showAgain}
          </Button>
        }
      >
        <TextField form={form} name="first" label={m.installation.kit.wordNumber(first + 1)} className="short" />
        <TextField form={form} name="second" label={m.installation.kit.wordNumber(second + 1)} className="short" />
      </FormBox>
    </Page>
  )
}

/** Two different places, in order. */
function twoPlaces(count: number): readonly [number, number] {
  const first = Math.floor(Math.random() * (count - 1))
  return [first, first + 1 + Math.floor(Math.random() * (count - 1 - first))]
}
