/** The practice was made and its owner is here: signed in without typing the password a third time. */
import { signInWithPassword } from '@couronne/practice/contract'
import { Button, Loader } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { call } from '#api'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { useEnter } from '#session'
import { Page } from '#shell'

export function SignInAfter({ login, password }: { readonly login: string; readonly password: string }) {
  const m = useMessages()
  const enter = useEnter()
  const navigate = useNavigate()
  const [problem, setProblem] = useState<unknown>()
  const isStarted = useRef(false)
  useEffect(() => {
    if (isStarted.current) return
    isStarted.current = true
    call(signInWithPassword, { body: { login, password } })
      .then(() => enter())
      .catch(setProblem)
  }, [login, password, enter])
  return (
    <Page title={m.installation.doneTitle} lead={m.installation.doneLead} isNarrow>
      {problem === undefined ? (
        <Loader type="dots" aria-label={m.forms.waiting} />
      ) : (
        <>
          <ProblemBox problem={problem} />
          <Button onClick={() => void navigate({ to: '/sign-in' })}>{m.session.signIn}</Button>
        </>
      )}
    </Page>
  )
}
