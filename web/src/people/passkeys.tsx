/** Passkeys: made by the browser, named by their owner. */
import { addPasskey, removePasskey, renamePasskey, startPasskey } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ConfirmByName, Dialog, FormBox, TextField, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { hasPasskeys, makePasskey, meQuery } from '#session'
import { passkeysQuery } from './queries.ts'

type Named = { readonly id: string; readonly label: string }

export function Passkeys() {
  const m = useMessages()
  const format = useFormat()
  const queries = useQueryClient()
  const { data } = useQuery(passkeysQuery)
  const [removing, setRemoving] = useState<Named>()
  const [renaming, setRenaming] = useState<Named>()
  const refresh = async () => {
    await Promise.all([queries.invalidateQueries(passkeysQuery), queries.invalidateQueries(meQuery)])
  }
  const form = useForm({
    initial: { label: '' },
    check: ({ label }) => ({ label: label.trim() === '' ? m.people.passkeyNameMissing : undefined }),
    send: async ({ label }, key) => {
      const { options } = await call(startPasskey, {})
      const response = await makePasskey(options)
      await call(addPasskey, { body: { label: label.trim(), response } }, { key })
      form.reset()
      await refresh()
    },
  })
  return (
    <div className="factor">
      <h3>{m.people.passkeysTitle}</h3>
      <p>{m.people.passkeysLead}</p>
      {data !== undefined && data.passkeys.length > 0 && (
        <ul className="slots">
          {data.passkeys.map(({ id, label, createdAt, lastUsedAt, isBackedUp }) => (
            <li key={id}>
              <div>
                <strong>{label}</strong>
                <span>
                  {m.people.passkeyMade(format.dayOf(createdAt))}
                  {lastUsedAt !== undefined && ` ${m.people.passkeyUsed(format.dayOf(lastUsedAt))}`}
                </span>
                {isBackedUp && <span>{m.people.passkeyBackedUp}</span>}
              </div>
              <div className="actions">
                <Button
                  variant="default"
                  size="sm"
                  aria-label={m.people.passkeyRename(label)}
                  onClick={() => setRenaming({ id, label })}
                >
                  {m.people.rename}
                </Button>
                <Button
                  variant="default"
                  size="sm"
                  aria-label={m.people.passkeyRemove(label)}
                  onClick={() => setRemoving({ id, label })}
                >
                  {m.forms.remove}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {hasPasskeys ? (
        <FormBox form={form} action={m.people.passkeyAdd} label={m.people.passkeysTitle}>
          <TextField form={form} name="label" label={m.people.passkeyName} hint={m.people.passkeyNameHint} lengthMax={100} />
        </FormBox>
      ) : (
        <p className="note">{m.people.passkeysNotHere}</p>
      )}
      {renaming !== undefined && <RenameDialog passkey={renaming} onClose={() => setRenaming(undefined)} />}
      {removing !== undefined && (
        <ConfirmByName
          title={m.people.passkeyRemove(removing.label)}
          name={removing.label}
          loss={<p>{m.people.passkeyLoss}</p>}
          action={m.forms.remove}
          onConfirm={async (key) => {
            await call(removePasskey, { params: { passkeyId: removing.id } }, { key })
            await refresh()
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </div>
  )
}

function RenameDialog({ passkey, onClose }: { readonly passkey: Named; readonly onClose: () => void }) {
  const m = useMessages()
  const queries = useQueryClient()
  const form = useForm({
    initial: { label: passkey.label },
    check: ({ label }) => ({ label: label.trim() === '' ? m.people.passkeyNameMissing : undefined }),
    send: async ({ label }, key) => {
      await call(renamePasskey, { params: { passkeyId: passkey.id }, body: { label: label.trim() } }, { key })
      await queries.invalidateQueries(passkeysQuery)
      onClose()
    },
  })
  return (
    <Dialog title={m.people.passkeyRename(passkey.label)} onClose={onClose}>
      <FormBox
        form={form}
        action={m.people.rename}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <TextField form={form} name="label" label={m.people.passkeyName} lengthMax={100} />
      </FormBox>
    </Dialog>
  )
}
