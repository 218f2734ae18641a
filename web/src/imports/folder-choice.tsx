/** A folder of the server, chosen by going into it, or out of it. */
import { useQuery } from '@tanstack/react-query'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { importFoldersQuery } from './queries.ts'

export function FolderChoice({ path, onChoose }: { readonly path: string; readonly onChoose: (path: string) => void }) {
  const m = useMessages()
  const { data, error } = useQuery(importFoldersQuery(path))
  return (
    <fieldset className="group">
      <legend>{m.imports.folder}</legend>
      {error !== null && <ProblemBox problem={error} />}
      <p role="status">
        <strong>{path === '' ? m.imports.folderTop : path}</strong>{' '}
        {data !== undefined && <span className="aside">{m.imports.folderHolds(data.files, data.folders.length)}</span>}
      </p>
      <ul className="plain">
        {path !== '' && (
          <li>
            <button type="button" className="link" onClick={() => onChoose(path.split('/').slice(0, -1).join('/'))}>
              {m.imports.folderUp}
            </button>
          </li>
        )}
        {data?.folders.map((folder) => (
          <li key={folder.path}>
            <button type="button" className="link" onClick={() => onChoose(folder.path)}>
              {folder.name}
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  )
}
