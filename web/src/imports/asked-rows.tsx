/** Rows of one reason that somebody decides about, a page at a time. */
import type { ImportRun, leftRowSchema, Refusal, Remark } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { z } from 'zod'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { leftRowsQuery } from './queries.ts'

export type LeftRow = z.output<typeof leftRowSchema>

export function AskedRows({
  run,
  which,
  code,
  children,
}: {
  readonly run: ImportRun
  readonly which: 'refused' | 'remarked'
  readonly code: Refusal | Remark
  readonly children: (rows: readonly LeftRow[]) => ReactNode
}) {
  const m = useMessages()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(leftRowsQuery(run.id, { which, code }))
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return <p role="status">{m.forms.waiting}</p>
  return (
    <>
      {children(data.pages.flatMap((page) => page.rows))}
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {m.imports.more}
        </Button>
      )}
    </>
  )
}
