/** A problem in words: what happened, what to do. */
import { Problem } from '#api'
import { useMessages } from '#messages'

export function ProblemNote({ problem }: { readonly problem: unknown }) {
  const m = useMessages()
  const words = m.problems as Readonly<Record<string, string>>
  if (!(problem instanceof Problem)) return <p>{m.problems.unexpected}</p>
  const wait = Number(problem.about.seconds ?? problem.retryAfterSeconds)
  const fields = new Set(problem.fields.map(({ problem: word }) => wordsOfField(word, m.fieldProblems)))
  return (
    <p>
      {words[problem.code] ?? m.problems.unexpected}
      {problem.code === 'too-many-attempts' && wait > 0 && <> {m.forms.waitFor(wait)}</>}
      {fields.size > 0 && <> {[...fields].join(' ')}</>}
      {words[problem.code] === undefined && <> {m.forms.codeIs(problem.code)}</>}
    </p>
  )
}

/** The same, as a box of a page. */
export function ProblemBox({ problem }: { readonly problem: unknown }) {
  return (
    <div className="refusal" role="alert">
      <ProblemNote problem={problem} />
    </div>
  )
}

function wordsOfField(word: string, words: Readonly<Record<string, string>>): string {
  return words[word] ?? words.other ?? ''
}
