/** What does one have? Each answer leads to the place where it is given: files, a folder of the server, a database. */
import { createImportSource, type Place } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { call } from '#api'
import { ChoiceField, FormBox, RadioField, TextField, useForm } from '#forms'
import { useMessages, useSpeech } from '#messages'
import { useMay } from '#session'
import { Page } from '#shell'
import { FolderChoice } from './folder-choice.tsx'
import { SOURCE_KINDS } from './guess-kind.ts'
import { importProfilesQuery, importSourcesQuery, refreshImports } from './queries.ts'

export function NewImportPage() {
  const m = useMessages()
  const may = useMay('imports')
  if (!may) return <Page title={m.imports.newTitle}>{null}</Page>
  return (
    <Page title={m.imports.newTitle} lead={m.imports.newLead} isNarrow>
      <p>
        <Link to="/imports">{m.imports.toAll}</Link>
      </p>
      <BeginForm />
    </Page>
  )
}

function BeginForm() {
  const m = useMessages()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { data } = useQuery(importSourcesQuery)
  const { data: shipped } = useQuery(importProfilesQuery)
  const { language } = useSpeech()
  const form = useForm({
    initial: { kind: 'csv', title: '', where: 'files', path: '', profileName: '' },
    draft: 'new-import',
    check: (values) => ({ title: values.title.trim() === '' ? m.imports.nameMissing : undefined }),
    send: async ({ kind, title, where, path, profileName }, key) => {
      const place = placeOf(kind, where, path)
      const profile = profileName === '' ? SHIPPED_FOR[kind] : profileName
      const body = { title: title.trim(), place, ...(profile === undefined ? {} : { profileName: profile }) }
      const source = await call(createImportSource, { body }, { key })
      await refreshImports(queries)
      await navigate({ to: '/imports/$sourceId', params: { sourceId: source.id }, search: { step: 'files' } })
    },
  })
  const { kind, where } = form.values
  const isDatabase = kind === 'database'
  return (
    <FormBox form={form} action={m.forms.next}>
      <RadioField
        form={form}
        name="kind"
        label={m.imports.kindAsked}
        choices={SOURCE_KINDS.map((value) => ({
          value,
          label: m.imports.kinds[value].name,
          hint: m.imports.kinds[value].hint,
        }))}
      />
      {kind === 'dicom' && <p className="note">{m.imports.dicomSorted}</p>}
      <TextField form={form} name="title" label={m.imports.name} hint={m.imports.nameHint} lengthMax={200} />
      {!isDatabase && data?.mayUseFolders === true && (
        <ChoiceField
          form={form}
          name="where"
          label={m.imports.where}
          choices={(['files', 'folder'] as const).map((value) => ({ value, label: m.imports.places[value] }))}
        />
      )}
      {!isDatabase && where === 'folder' && <FolderChoice path={form.values.path} onChoose={(path) => form.set('path', path)} />}
      {shipped !== undefined && shipped.profiles.length > 0 && (
        <ChoiceField
          form={form}
          name="profileName"
          label={m.imports.shipped}
          hint={m.imports.shippedHint}
          choices={[
            { value: '', label: m.imports.shippedNone },
            ...shipped.profiles.map(({ name, title }) => ({ value: name, label: title[language] ?? title.fr })),
          ]}
        />
      )}
    </FormBox>
  )
}

/** What says by itself what it is has its profile from the beginning. */
const SHIPPED_FOR: Readonly<Record<string, string>> = { dicom: 'dicom' }

function placeOf(kind: string, where: string, path: string): Place {
  if (kind === 'database') return { kind: 'database' }
  return where === 'folder' ? { kind: 'folder', path } : { kind: 'files' }
}
