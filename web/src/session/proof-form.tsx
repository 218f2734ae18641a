/** Who is there? By password, or by passkey. */
import { startProof } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { call } from '#api'
import { FormBox, ProblemBox, SecretField, useForm } from '#forms'
import { useMessages } from '#messages'
import { askForPasskey, hasPasskeys, type PasskeyResponse } from './passkey.ts'

export type Proof =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'passkey'; readonly response: PasskeyResponse }

export function ProofForm({
  action,
  mayUsePasskey,
  onProof,
  beside,
}: {
  readonly action: string
  readonly mayUsePasskey: boolean
  readonly onProof: (proof: Proof) => Promise<unknown>
  readonly beside?: ReactNode
}) {
  const m = useMessages()
  const [problem, setProblem] = useState<unknown>()
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => ({ password: password === '' ? m.session.passwordMissing : undefined }),
    send: ({ password }) => onProof({ kind: 'password', password }),
  })
  const proveByPasskey = async () => {
    setProblem(undefined)
    try {
      const { options } = await call(startProof, {})
      await onProof({ kind: 'passkey', response: await askForPasskey(options) })
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <>
      {problem !== undefined && <ProblemBox problem={problem} />}
      <FormBox
        form={form}
        action={action}
        beside={
          <>
            {mayUsePasskey && hasPasskeys && (
              <Button variant="default" onClick={() => void proveByPasskey()}>
                {m.session.usePasskey}
              </Button>
            )}
            {beside}
          </>
        }
      >
        <SecretField form={form} name="password" label={m.session.password} autoComplete="current-password" />
      </FormBox>
    </>
  )
}
