/** Some changes ask who is there once more: the call that needs it waits, and goes on by itself. */
import { proveSession } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { call, endProof, useStanding } from '#api'
import { Dialog } from '#forms'
import { useMessages } from '#messages'
import { ProofForm } from './proof-form.tsx'
import { sessionQuery } from './queries.ts'

export function ProofDialog() {
  const m = useMessages()
  const queries = useQueryClient()
  const { isProofDue, isLocked } = useStanding()
  const { data: session } = useQuery({ ...sessionQuery, enabled: isProofDue })
  if (!isProofDue || isLocked) return null
  return (
    <Dialog title={m.session.proofTitle} onClose={() => endProof('given-up')}>
      <p>{m.session.proofLead}</p>
      <ProofForm
        action={m.session.proofAction}
        mayUsePasskey={session?.hasPasskeys === true}
        onProof={async (body) => {
          queries.setQueryData(sessionQuery.queryKey, await call(proveSession, { body }))
          endProof('proven')
        }}
        beside={
          <Button variant="default" onClick={() => endProof('given-up')}>
            {m.forms.cancel}
          </Button>
        }
      />
    </Dialog>
  )
}
