/** The files that the server has: counted, listed when asked, taken away one by one or all. */
import { type ImportSource, removeImportFile, removeImportFiles } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useFormat, useMessages } from '#messages'
import { Section } from '#shell'
import { importFilesQuery, refreshImports } from './queries.ts'

export function FilesHere({ source }: { readonly source: ImportSource }) {
  const m = useMessages()
  const format = useFormat()
  const [isOpen, setIsOpen] = useState(false)
  const { files } = source
  if (files.removedAt !== undefined && files.whole === 0)
    return <p className="note">{m.imports.filesRemovedAt(format.instant(files.removedAt))}</p>
  if (files.whole + files.underWay === 0) return null
  return (
    <Section title={m.imports.filesTitle}>
      <p>
        <strong>{m.imports.filesWhole(files.whole)}</strong> · {format.size(files.bytes)}
      </p>
      {files.underWay > 0 && <p className="note">{m.imports.filesUnderWay(files.underWay)}</p>}
      <details className="more" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
        <summary>{m.imports.filesShow}</summary>
        {isOpen && <FileList sourceId={source.id} />}
      </details>
    </Section>
  )
}

function FileList({ sourceId }: { readonly sourceId: string }) {
  const m = useMessages()
  const format = useFormat()
  const queries = useQueryClient()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(importFilesQuery(sourceId))
  const [problem, setProblem] = useState<unknown>()
  const remove = async (removing: Promise<unknown>) => {
    setProblem(undefined)
    await removing.catch(setProblem)
    await refreshImports(queries)
  }
  return (
    <>
      {error !== null && <ProblemBox problem={error} />}
      {problem !== undefined && <ProblemBox problem={problem} />}
      <ul className="slots">
        {data?.pages
          .flatMap((page) => page.files)
          .map(({ id, path, sizeBytes, receivedBytes }) => (
            <li key={id}>
              <div>
                {path}
                <span>
                  {receivedBytes < sizeBytes
                    ? m.imports.bytesSoFar(format.size(receivedBytes), format.size(sizeBytes))
                    : format.size(sizeBytes)}
                </span>
              </div>
              <button
                type="button"
                className="link"
                aria-label={m.imports.fileRemoveOf(path)}
                onClick={() => void remove(call(removeImportFile, { params: { fileId: id } }))}
              >
                {m.forms.remove}
              </button>
            </li>
          ))}
      </ul>
      <div className="actions">
        {hasNextPage && (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {m.imports.more}
          </Button>
        )}
        <Button variant="default" onClick={() => void remove(call(removeImportFiles, { params: { sourceId } }))}>
          {m.imports.filesRemove}
        </Button>
      </div>
    </>
  )
}
