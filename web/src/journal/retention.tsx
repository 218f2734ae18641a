/** For how long the journal keeps who looked at what; whoever may change it says why. */
import {
  changeJournalRetention,
  getJournalRetention,
  JOURNAL_YEARS_MAX,
  type JournalRetention,
} from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { FormBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { useMay } from '#session'
import { Section } from '#shell'

const retentionQuery = {
  queryKey: ['journal-retention'],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => call(getJournalRetention, {}, { signal }),
}

export function Retention() {
  const m = useMessages()
  const mayChange = useMay('practice.write')
  const { data: retention } = useQuery(retentionQuery)
  if (retention === undefined) return null
  return (
    <Section title={m.journal.retentionTitle}>
      <p>{m.journal.retentionIs(retention.years)}</p>
      <p className="aside">{m.journal.retentionWhy}</p>
      {retention.reason !== undefined && <p>{m.journal.because(retention.reason)}</p>}
      {mayChange && <RetentionForm retention={retention} />}
    </Section>
  )
}

function RetentionForm({ retention }: { readonly retention: JournalRetention }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isSaved, setIsSaved] = useState(false)
  const form = useForm({
    initial: { years: String(retention.years), reason: '' },
    check: ({ years, reason }) => ({
      years:
        /^\d{1,2}$/.test(years) && Number(years) >= 1 && Number(years) <= JOURNAL_YEARS_MAX
          ? undefined
          : m.forms.between(1, JOURNAL_YEARS_MAX),
      reason: reason.trim() === '' ? m.journal.retentionReasonMissing : undefined,
    }),
    send: async ({ years, reason }, key) => {
      setIsSaved(false)
      const body = { years: Number(years), reason: reason.trim() }
      queries.setQueryData(retentionQuery.queryKey, await call(changeJournalRetention, { body }, { key }))
      setIsSaved(true)
    },
  })
  return (
    <details className="more">
      <summary>{m.journal.retentionChange}</summary>
      <FormBox form={form} action={m.forms.save}>
        <TextField form={form} name="years" label={m.journal.retentionYears} inputMode="numeric" className="short" />
        <TextField
          form={form}
          name="reason"
          label={m.journal.retentionReason}
          hint={m.journal.retentionReasonHint}
          lengthMax={500}
        />
      </FormBox>
      <p role="status">{isSaved && !form.isChanged && m.forms.saved}</p>
    </details>
  )
}
