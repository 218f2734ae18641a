/** Tokens for programs that read records through the FHIR door: made, shown once, taken back. For those whose role opens that door. */
import { listMyTokens, makeToken, revokeToken, type tokenSchema } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import { call } from '#api'
import { ChoiceField, ConfirmByName, FormBox, ProblemBox, TextField, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { useMay } from '#session'
import { Copyable, Section } from '#shell'

type Token = z.output<typeof tokenSchema>

const FHIR_PATH = '/fhir/R4'
const DAYS = [7, 30, 90, 365] as const
const DAYS_USUAL = '90'

const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => call(listMyTokens, {}, { signal }),
})

/** Nothing for those who may not make one and have none. */
export function Tokens() {
  const m = useMessages()
  const mayMake = useMay('fhir.read')
  const { data, error } = useQuery(tokensQuery)
  const tokens = data?.tokens ?? []
  if (!mayMake && tokens.length === 0) return null
  return (
    <Section title={m.people.tokens.title} id="tokens">
      <p>{m.people.tokens.lead}</p>
      {error !== null && <ProblemBox problem={error} />}
      {tokens.length > 0 && (
        <ul className="slots">
          {tokens.map((token) => (
            <TokenLine key={token.id} token={token} />
          ))}
        </ul>
      )}
      {mayMake && <NewToken />}
    </Section>
  )
}

function TokenLine({ token }: { readonly token: Token }) {
  const m = useMessages()
  const format = useFormat()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <li>
      <div>
        <strong>{token.label}</strong>
        <span>{m.people.tokens.period(format.dayOf(token.createdAt), format.dayOf(token.endsAt))}</span>
        <span>
          {token.lastUsedAt === undefined ? m.people.tokens.unused : m.people.tokens.used(format.instant(token.lastUsedAt))}
        </span>
      </div>
      <Button variant="default" size="sm" aria-label={m.people.tokens.revokeNamed(token.label)} onClick={() => setIsAsking(true)}>
        {m.people.tokens.revoke}
      </Button>
      {isAsking && (
        <ConfirmByName
          title={m.people.tokens.revokeNamed(token.label)}
          name={token.label}
          loss={<p>{m.people.tokens.loss}</p>}
          action={m.people.tokens.revoke}
          onConfirm={async (key) => {
            await call(revokeToken, { params: { tokenId: token.id } }, { key })
            await queries.invalidateQueries(tokensQuery)
          }}
          onClose={() => setIsAsking(false)}
        />
      )}
    </li>
  )
}

function NewToken() {
  const m = useMessages()
  const queries = useQueryClient()
  const [secret, setSecret] = useState<string>()
  const form = useForm({
    initial: { label: '', days: DAYS_USUAL },
    check: ({ label }) => ({ label: label.trim() === '' ? m.people.tokens.labelMissing : undefined }),
    send: async ({ label, days }, key) => {
      const made = await call(makeToken, { body: { label: label.trim(), days: Number(days) } }, { key })
      form.reset()
      setSecret(made.secret)
      await queries.invalidateQueries(tokensQuery)
    },
  })
  if (secret !== undefined)
    return (
      <section aria-label={m.people.tokens.madeTitle}>
        <h3>{m.people.tokens.madeTitle}</h3>
        <p>{m.people.tokens.madeLead}</p>
        <Copyable text={secret} action={m.people.tokens.copy} />
        <Copyable text={`${window.location.origin}${FHIR_PATH}`} action={m.people.tokens.copyAddress} />
        <p className="note">{m.people.tokens.once}</p>
        <Button onClick={() => setSecret(undefined)}>{m.people.tokens.done}</Button>
      </section>
    )
  return (
    <FormBox form={form} action={m.people.tokens.make} label={m.people.tokens.title}>
      <TextField form={form} name="label" label={m.people.tokens.label} hint={m.people.tokens.labelHint} lengthMax={100} />
      <ChoiceField
        form={form}
        name="days"
        label={m.people.tokens.days}
        hint={m.people.tokens.daysHint}
        choices={DAYS.map((days) => ({ value: String(days), label: m.people.tokens.duration[days] }))}
        className="short"
      />
    </FormBox>
  )
}
