/** Joining two records: which one keeps its identity, what will happen, why. */
import { type DuplicateSide, joinRecordEndpoint } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '#api'
import { Dialog, FormBox, RadioField, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { refreshDuplicates, type TwoRecords } from './duplicate-queries.ts'
import { useFullName } from './patient-line.tsx'

const REASON_CHARS_MIN = 10

export function JoinDialog({ records, onClose }: { readonly records: TwoRecords; readonly onClose: () => void }) {
  const m = useMessages()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const fullName = useFullName()
  const sides = [records.one, records.other]
  const areOfTwo = stewardOf(records.one) !== stewardOf(records.other)
  const form = useForm({
    initial: { keptId: likelyKept(records).patient.id, reason: '' },
    check: ({ reason }) => ({ reason: reason.trim().length < REASON_CHARS_MIN ? m.patients.reasonShort : undefined }),
    send: async ({ keptId, reason }, key) => {
      const joinedId = sides.find(({ patient }) => patient.id !== keptId)?.patient.id ?? ''
      await call(joinRecordEndpoint, { params: { patientId: keptId }, body: { joinedId, reason } }, { key })
      await navigate({ to: '/patients/$patientId', params: { patientId: keptId } })
      await refreshDuplicates(queries)
    },
  })
  return (
    <Dialog title={m.duplicates.joinTitle} onClose={onClose}>
      <ul className="plain">
        {m.duplicates.joinWhat.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      {areOfTwo && <p className="note">{m.duplicates.joinStewards}</p>}
      <FormBox
        form={form}
        action={m.duplicates.join}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <RadioField
          form={form}
          name="keptId"
          label={m.duplicates.keptLabel}
          hint={m.duplicates.keptHint}
          choices={sides.map(({ patient }) => ({
            value: patient.id,
            label: m.duplicates.keptChoice(patient.fileNumber, fullName(patient)),
          }))}
        />
        <TextField form={form} name="reason" label={m.duplicates.reason} hint={m.duplicates.reasonHint} lengthMax={500} />
      </FormBox>
    </Dialog>
  )
}

/** The one of whose identity one is surer; of two alike, the one with more in it. */
function likelyKept({ one, other }: TwoRecords): DuplicateSide {
  const difference = surenessOf(one) - surenessOf(other) || heldBy(one) - heldBy(other)
  return difference >= 0 ? one : other
}

const SURENESS = { provisional: 0, recovered: 1, validated: 2, qualified: 3 } as const

function surenessOf({ identity }: DuplicateSide): number {
  return SURENESS[identity.status]
}

function heldBy({ counts }: DuplicateSide): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function stewardOf({ steward }: DuplicateSide): string {
  return JSON.stringify(steward?.steward ?? null)
}
