/** What the source is read from: files that are sent, a folder of the server, a database and its password. */
import type { ImportSource } from '@couronne/practice/contract'
import { useMessages } from '#messages'
import { FilesHere } from './files-here.tsx'
import { LeaveImport } from './leave-import.tsx'
import { NextStep } from './next-step.tsx'
import { PasswordForm } from './password-form.tsx'
import { ProfileFile } from './profile-file.tsx'
import { SendBox } from './send-box.tsx'

export function FilesStep({ source }: { readonly source: ImportSource }) {
  return (
    <>
      <Origin source={source} />
      <LeaveImport source={source} />
    </>
  )
}

function Origin({ source }: { readonly source: ImportSource }) {
  const m = useMessages()
  const { place, files, profile } = source
  if (place.kind === 'folder')
    return (
      <>
        <p>{m.imports.folderRead(place.path === '' ? m.imports.folderTop : place.path)}</p>
        <NextStep sourceId={source.id} step="mapping" />
      </>
    )
  if (place.kind === 'database')
    return (
      <>
        <p>{m.imports.databaseLead}</p>
        <ProfileFile source={source} />
        <PasswordForm source={source} />
        {profile !== undefined && <NextStep sourceId={source.id} step="trial" />}
      </>
    )
  return (
    <>
      <p>{m.imports.filesLead}</p>
      <SendBox sourceId={source.id} />
      <FilesHere source={source} />
      {files.whole > 0 && <NextStep sourceId={source.id} step="mapping" />}
    </>
  )
}
