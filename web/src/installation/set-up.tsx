/**
 * Setting up one's own practice: how it is named, its first account, how it opens at start, the recovery kit. What was typed stays while one
 * goes back and forth; passwords only in this page's memory.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Problem } from '#api'
import { useMessages } from '#messages'
import { installationQuery } from '#session'
import { KitSteps } from './kit-steps.tsx'
import { NO_FACTS } from './practice-facts.ts'
import { OpeningStep, OwnerStep, type OwnerValues, PracticeStep, type PracticeValues, Progress } from './set-up-steps.tsx'
import { SignInAfter } from './sign-in-after.tsx'

export function SetUpPage() {
  const m = useMessages()
  const queries = useQueryClient()
  const [step, setStep] = useState<'practice' | 'owner' | 'opening' | 'kit' | 'signing-in'>('practice')
  const [practice, setPractice] = useState<PracticeValues>({ name: '', ...NO_FACTS })
  const [owner, setOwner] = useState<OwnerValues>({ displayName: '', login: '', newPassword: '', again: '' })
  const [refusal, setRefusal] = useState<Problem>()
  const [words, setWords] = useState<readonly string[]>([])
  switch (step) {
    case 'practice':
      return (
        <PracticeStep
          values={practice}
          onDone={(values) => {
            setPractice(values)
            setStep('owner')
          }}
        />
      )
    case 'owner':
      return (
        <OwnerStep
          values={owner}
          refusal={refusal}
          onBack={(values) => {
            setOwner(values)
            setStep('practice')
          }}
          onDone={(values) => {
            setOwner(values)
            setStep('opening')
          }}
        />
      )
    case 'opening':
      return (
        <OpeningStep
          practice={practice}
          owner={owner}
          onBack={() => {
            setRefusal(undefined)
            setStep('owner')
          }}
          onOwnerRefused={(problem) => {
            setRefusal(problem)
            setStep('owner')
          }}
          onDone={(made) => {
            setWords(made)
            setStep('kit')
          }}
        />
      )
    case 'kit':
      return (
        <KitSteps
          words={words}
          practiceName={practice.name}
          title={m.installation.steps.kit}
          progress={<Progress step={4} />}
          onDone={() => {
            setWords([])
            void queries.invalidateQueries(installationQuery)
            setStep('signing-in')
          }}
        />
      )
    case 'signing-in':
      return <SignInAfter login={owner.login} password={owner.newPassword} />
  }
}
