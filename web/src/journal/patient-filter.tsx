/**
 * Which patient, by file number or by the link of the record. Whoever answers for the protection of data opens no record: they are told
 * initials and a year of birth, enough to notice a slip of the pen (decision 0042).
 */
import { findJournalPatient } from '@couronne/practice/contract'
import { Button, TextInput } from '@mantine/core'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call, Problem } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { Section } from '#shell'
import { Visits } from './visits.tsx'

const patientOfFile = (file: string) =>
  queryOptions({
    queryKey: ['journal', 'patient', file],
    queryFn: ({ signal }) => call(findJournalPatient, { query: { file } }, { signal }),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })

export function PatientFilter({ patientId }: { readonly patientId: string | undefined }) {
  return patientId === undefined ? <AskPatient /> : <ChosenPatient key={patientId} patientId={patientId} />
}

function AskPatient() {
  const m = useMessages()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [file, setFile] = useState('')
  const find = useMutation({
    mutationFn: () => queries.fetchQuery(patientOfFile(file.trim())),
    onSuccess: (found) => {
      queries.setQueryData(patientOfFile(found.patientId).queryKey, found)
      return navigate({ to: '/journal', search: { patient: found.patientId } })
    },
  })
  const isNobody = find.error instanceof Problem && find.error.code === 'not-found'
  return (
    <Section title={m.journal.patientTitle}>
      <p>{m.journal.patientLead}</p>
      {find.error !== null && !isNobody && <ProblemBox problem={find.error} />}
      <form
        className="file-asked"
        onSubmit={(event) => {
          event.preventDefault()
          if (file.trim() !== '') find.mutate()
        }}
      >
        <TextInput
          label={m.journal.file}
          description={m.journal.fileHint}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={isNobody ? m.journal.fileUnknown : undefined}
          value={file}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            find.reset()
            setFile(event.currentTarget.value)
          }}
        />
        <Button type="submit" loading={find.isPending} loaderProps={{ type: 'dots' }}>
          {m.journal.patientShow}
        </Button>
      </form>
    </Section>
  )
}

function ChosenPatient({ patientId }: { readonly patientId: string }) {
  const m = useMessages()
  const navigate = useNavigate()
  const { data, error } = useQuery(patientOfFile(patientId))
  return (
    <>
      <Section title={m.journal.patientTitle}>
        {error !== null && <ProblemBox problem={error} />}
        {data !== undefined && (
          <p>
            <strong>{m.journal.patientIs(data.fileNumber, data.initials, data.bornYear)}</strong>
          </p>
        )}
        <p>
          <Button variant="default" onClick={() => void navigate({ to: '/journal', search: {} })}>
            {m.journal.allPatients}
          </Button>
        </p>
      </Section>
      <Visits patientId={patientId} />
    </>
  )
}
