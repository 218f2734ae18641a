/** An authenticator application: its secret as a picture and as text, then a code that confirms it. */
import { confirmTotp, removeTotp, startTotp } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ConfirmByName, FormBox, ProblemBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { meQuery } from '#session'

export function Totp({ hasTotp }: { readonly hasTotp: boolean }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isRemoving, setIsRemoving] = useState(false)
  const start = useMutation({ mutationFn: () => call(startTotp, {}) })
  const form = useForm({
    initial: { code: '' },
    check: ({ code }) => ({ code: /^\s*\d{3}\s?\d{3}\s*$/.test(code) ? undefined : m.session.codeShape }),
    send: async ({ code }, key) => {
      await call(confirmTotp, { body: { code: code.replaceAll(/\s/g, '') } }, { key })
      start.reset()
      form.reset()
      await queries.invalidateQueries(meQuery)
    },
  })
  return (
    <div className="factor">
      <h3>{m.people.totpTitle}</h3>
      <p>{hasTotp ? m.people.totpIsOn : m.people.totpIsOff}</p>
      {start.error !== null && <ProblemBox problem={start.error} />}
      {!hasTotp && start.data === undefined && (
        <Button variant="default" loading={start.isPending} onClick={() => start.mutate()}>
          {m.people.totpAdd}
        </Button>
      )}
      {!hasTotp && start.data !== undefined && (
        <>
          <ol className="plain">
            <li>{m.people.totpScan}</li>
            <li>{m.people.totpType}</li>
          </ol>
          <img
            className="qr"
            alt={m.people.totpPicture}
            src={`data:image/svg+xml;utf8,${encodeURIComponent(start.data.qrSvg)}`}
          />
          <p>
            {m.people.totpSecret} <code className="secret">{start.data.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
          </p>
          <FormBox form={form} action={m.session.confirm} label={m.people.totpTitle}>
            <TextField
              form={form}
              name="code"
              label={m.session.code}
              inputMode="numeric"
              autoComplete="one-time-code"
              className="short"
            />
          </FormBox>
        </>
      )}
      {hasTotp && (
        <Button variant="default" onClick={() => setIsRemoving(true)}>
          {m.people.totpRemove}
        </Button>
      )}
      {isRemoving && (
        <ConfirmByName
          title={m.people.totpRemove}
          name={m.people.totpName}
          loss={<p>{m.people.totpLoss}</p>}
          action={m.forms.remove}
          onConfirm={async (key) => {
            await call(removeTotp, {}, { key })
            await queries.invalidateQueries(meQuery)
          }}
          onClose={() => setIsRemoving(false)}
        />
      )}
    </div>
  )
}
