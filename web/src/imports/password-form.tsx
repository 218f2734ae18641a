/** The password of a source's database: kept sealed by the server, and never shown again. */
import { changeImportSource, type ImportSource } from '@couronne/practice/contract'
import { useQueryClient } from '@tanstack/react-query'
import { call } from '#api'
import { FormBox, SecretField, useForm } from '#forms'
import { useMessages } from '#messages'
import { Section } from '#shell'
import { importSourceQuery } from './queries.ts'

export function PasswordForm({ source }: { readonly source: ImportSource }) {
  const m = useMessages()
  const queries = useQueryClient()
  const form = useForm({
    initial: { password: '' },
    secrets: ['password'],
    check: ({ password }) => ({ password: password === '' ? m.imports.passwordMissing : undefined }),
    send: async ({ password }) => {
      const changed = await call(changeImportSource, { params: { sourceId: source.id }, body: { password } })
      queries.setQueryData(importSourceQuery(source.id).queryKey, changed)
      form.reset()
    },
  })
  return (
    <Section title={m.imports.passwordTitle}>
      <p role="status">{source.hasPassword ? m.imports.passwordKept : m.imports.passwordNone}</p>
      <FormBox form={form} action={m.forms.save}>
        <SecretField form={form} name="password" label={m.imports.password} />
      </FormBox>
    </Section>
  )
}
