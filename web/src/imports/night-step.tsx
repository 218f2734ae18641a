/** Following another program while both are in use: each night at an hour, or not. */
import { changeImportSource, type ImportSource } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { call } from '#api'
import { FormBox, ProblemBox, TextField, TickField, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { Section } from '#shell'
import { importRunPagesQuery, importSourceQuery } from './queries.ts'
import { sumParts } from './report-words.ts'

const USUAL = '02:00'

export function NightStep({ source }: { readonly source: ImportSource }) {
  const m = useMessages()
  return (
    <>
      <p>{m.imports.nightLead}</p>
      {source.place.kind === 'files' && <p className="note">{m.imports.nightFiles}</p>}
      {(source.place.kind !== 'files' || source.followedAt !== undefined) && <NightForm source={source} />}
      <LastRuns sourceId={source.id} />
    </>
  )
}

function NightForm({ source }: { readonly source: ImportSource }) {
  const m = useMessages()
  const queries = useQueryClient()
  const form = useForm({
    initial: { isOn: source.followedAt !== undefined, time: source.followedAt ?? USUAL },
    draft: `import-night-${source.id}`,
    check: ({ isOn, time }) => ({
      time: isOn && !/^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? m.imports.timeWrong : undefined,
    }),
    send: async ({ isOn, time }) => {
      const body = { followedAt: isOn ? time : null }
      const changed = await call(changeImportSource, { params: { sourceId: source.id }, body })
      queries.setQueryData(importSourceQuery(source.id).queryKey, changed)
    },
  })
  return (
    <>
      <p role="status">
        <strong>{source.followedAt === undefined ? m.imports.notFollowed : m.imports.followedAt(source.followedAt)}</strong>
      </p>
      <FormBox form={form} action={m.forms.save}>
        <TickField form={form} name="isOn" label={m.imports.nightOn} />
        {form.values.isOn && (
          <TextField
            form={form}
            name="time"
            type="time"
            label={m.imports.nightTime}
            hint={m.imports.nightTimeHint}
            className="short"
          />
        )}
      </FormBox>
    </>
  )
}

function LastRuns({ sourceId }: { readonly sourceId: string }) {
  const m = useMessages()
  const format = useFormat()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(importRunPagesQuery(sourceId))
  if (error !== null) return <ProblemBox problem={error} />
  const runs = (data?.pages ?? []).flatMap((page) => page.runs)
  if (runs.length === 0) return null
  return (
    <Section title={m.imports.lastRuns}>
      <ul className="duties">
        {runs.map((run) => (
          <li key={run.id}>
            <Link to="/imports/$sourceId/runs/$runId" params={{ sourceId, runId: run.id }}>
              {m.imports.lastRunAt(run.isDry, format.instant(run.startedAt))}
            </Link>
            <span>
              <strong>{m.imports.runStates[run.state]}</strong> · {format.list(sumParts(run, m))}
            </span>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {m.imports.more}
        </Button>
      )}
    </Section>
  )
}
