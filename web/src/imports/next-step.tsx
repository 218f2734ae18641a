import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useMessages } from '#messages'
import type { Step } from './addresses.ts'

/** The way on, where there is one thing to do next. */
export function NextStep({ sourceId, step, isQuiet = false }: NextStepProps) {
  const m = useMessages()
  const navigate = useNavigate()
  return (
    <p className="actions">
      <Button
        {...(isQuiet ? { variant: 'default' } : {})}
        onClick={() => void navigate({ to: '/imports/$sourceId', params: { sourceId }, search: { step } })}
      >
        {m.imports.toStep[step]}
      </Button>
    </p>
  )
}

interface NextStepProps {
  readonly sourceId: string
  readonly step: Step
  /** beside something that is more urgent */
  readonly isQuiet?: boolean
}
