/** Is the journal whole? The chain is walked when asked, and the answer is a sentence. */
import { type journalVerdictSchema, verifyJournalEndpoint } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { z } from 'zod'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { Section } from '#shell'

type Verdict = z.output<typeof journalVerdictSchema>
const SHOWN_BREAKS_MAX = 20

export function Verification() {
  const m = useMessages()
  const verification = useMutation({ mutationFn: () => call(verifyJournalEndpoint, {}) })
  return (
    <Section title={m.journal.wholeTitle}>
      <p>{m.journal.wholeLead}</p>
      <p>
        <Button loading={verification.isPending} loaderProps={{ type: 'dots' }} onClick={() => verification.mutate()}>
          {m.journal.verify}
        </Button>
      </p>
      <div role="status">
        {verification.isPending && m.journal.verifying}
        {verification.data !== undefined && <VerdictShown verdict={verification.data} />}
      </div>
      {verification.error !== null && <ProblemBox problem={verification.error} />}
    </Section>
  )
}

function VerdictShown({ verdict }: { readonly verdict: Verdict }) {
  const m = useMessages()
  const format = useFormat()
  return (
    <div className={verdict.isWhole ? 'verdict-box whole' : 'verdict-box broken'}>
      <p className="verdict">{verdict.isWhole ? m.journal.isWhole : m.journal.isBroken}</p>
      <p>
        {m.journal.verifiedEntries(verdict.entries)}{' '}
        {verdict.anchors === 0 ? m.journal.noAnchors : m.journal.verifiedAnchors(verdict.anchors)}{' '}
        {m.journal.verifiedAt(format.instant(verdict.at))}
      </p>
      {verdict.breaks.length > 0 && (
        <>
          <ul className="plain">
            {verdict.breaks.slice(0, SHOWN_BREAKS_MAX).map(({ kind, seq }) => (
              <li key={`${kind} ${seq}`}>{m.journal.breaks[kind](seq)}</li>
            ))}
          </ul>
          {verdict.breaks.length > SHOWN_BREAKS_MAX && <p>{m.journal.moreBreaks(verdict.breaks.length - SHOWN_BREAKS_MAX)}</p>}
          <p>{m.journal.brokenWhat}</p>
        </>
      )}
      <p className="head">
        {m.journal.head} <code>{verdict.head.hash.slice(0, 16)}</code>
      </p>
    </div>
  )
}
