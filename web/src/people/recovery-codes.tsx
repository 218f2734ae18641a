/** Recovery codes: ten, shown once, printed. */
import { makeRecoveryCodes } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { meQuery } from '#session'

export function RecoveryCodes({ left }: { readonly left: number }) {
  const m = useMessages()
  const queries = useQueryClient()
  const make = useMutation({
    mutationFn: () => call(makeRecoveryCodes, {}),
    onSuccess: () => queries.invalidateQueries(meQuery),
  })
  return (
    <>
      <p>{m.people.codesLead}</p>
      <p>{m.people.codesLeft(left)}</p>
      {make.error !== null && <ProblemBox problem={make.error} />}
      {make.data !== undefined && (
        <section className="kit" aria-label={m.people.codesTitle}>
          <ol className="codes" translate="no">
            {make.data.codes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ol>
          <p className="note">{m.people.codesOnce}</p>
          <p className="no-print">
            <Button variant="default" onClick={() => window.print()}>
              {m.installation.kit.print}
            </Button>
          </p>
        </section>
      )}
      <p className="no-print">
        <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
          {left > 0 ? m.people.codesAgain : m.people.codesMake}
        </Button>
      </p>
    </>
  )
}
