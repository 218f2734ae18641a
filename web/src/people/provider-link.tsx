/** Signing in by the practice's provider: whether one's account is linked with it, linking, unlinking. Nothing when there is no provider. */
import { removeOidcLink } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ConfirmByName } from '#forms'
import { useMessages } from '#messages'
import { LinkWithProvider, meQuery, waysInQuery } from '#session'
import { Section } from '#shell'

export function ProviderLink({ isLinked }: { readonly isLinked: boolean }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { data: ways } = useQuery(waysInQuery)
  const [isAsking, setIsAsking] = useState(false)
  if (ways?.oidc === undefined) return null
  const { label } = ways.oidc
  return (
    <Section title={m.provider.linkTitle(label)} id="provider">
      <p>{isLinked ? m.provider.isLinked(label) : m.provider.isNotLinked(label)}</p>
      {isLinked ? (
        <Button variant="default" onClick={() => setIsAsking(true)}>
          {m.provider.unlink}
        </Button>
      ) : (
        <LinkWithProvider action={m.provider.link} />
      )}
      {isAsking && (
        <ConfirmByName
          title={m.provider.unlink}
          name={label}
          loss={<p>{m.provider.unlinkLoss(label)}</p>}
          action={m.provider.unlink}
          onConfirm={async (key) => {
            await call(removeOidcLink, {}, { key })
            await queries.invalidateQueries(meQuery)
          }}
          onClose={() => setIsAsking(false)}
        />
      )}
    </Section>
  )
}

/** The browser has come back from the provider. */
export function LinkOutcome({ outcome }: { readonly outcome: string }) {
  const m = useMessages()
  const outcomes = m.provider.linkOutcomes as Readonly<Record<string, string>>
  if (outcome === 'linked')
    return (
      <p className="note" role="status">
        {m.provider.linked}
      </p>
    )
  if (outcomes[outcome] === undefined) return null
  return (
    <p className="refusal" role="alert">
      {outcomes[outcome]}
    </p>
  )
}
