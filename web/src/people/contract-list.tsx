/** A practitioner's contracts, newest first: ended, begun again, corrected, added; taken away when one was a mistake. */
import {
  addPracticeRole,
  changePracticeRole,
  type PracticeRole,
  type Practitioner,
  removePracticeRole,
} from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ConfirmByName, Dialog, FormBox, ProblemBox, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { ContractFields, checkContract, factsOfContract } from './contract-fields.tsx'
import { standingOf } from './contracts.ts'
import { EndContractDialog } from './end-contract-dialog.tsx'
import { practitionersQuery } from './queries.ts'
import { useContractWords } from './use-contract-words.ts'

type Open = { readonly kind: 'end' | 'correct' | 'remove'; readonly contract: PracticeRole } | { readonly kind: 'add' }

export function ContractList({ practitioner, mayChange }: { readonly practitioner: Practitioner; readonly mayChange: boolean }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  const refresh = () => queries.invalidateQueries(practitionersQuery)
  const goOn = useMutation({
    mutationFn: ({ id: roleId, status, fromOn }: PracticeRole) =>
      call(changePracticeRole, { params: { practitionerId: practitioner.id, roleId }, body: { status, fromOn } }),
    onSuccess: refresh,
  })
  return (
    <>
      {goOn.error !== null && <ProblemBox problem={goOn.error} />}
      <ul className="slots">
        {practitioner.roles.toReversed().map((contract) => (
          <ContractLine key={contract.id} contract={contract}>
            {mayChange && (
              <ContractButtons
                contract={contract}
                isOnly={practitioner.roles.length === 1}
                isBusy={goOn.isPending}
                onOpen={(kind) => setOpen({ kind, contract })}
                onGoOn={() => goOn.mutate(contract)}
              />
            )}
          </ContractLine>
        ))}
      </ul>
      {mayChange && (
        <Button variant="default" onClick={() => setOpen({ kind: 'add' })}>
          {m.people.addContract}
        </Button>
      )}
      {open?.kind === 'end' && (
        <EndContractDialog practitioner={practitioner} contract={open.contract} onDone={refresh} onClose={close} />
      )}
      {open?.kind === 'correct' && (
        <ContractDialog practitionerId={practitioner.id} contract={open.contract} onDone={refresh} onClose={close} />
      )}
      {open?.kind === 'add' && <ContractDialog practitionerId={practitioner.id} onDone={refresh} onClose={close} />}
      {open?.kind === 'remove' && (
        <ConfirmByName
          title={m.people.removeContract}
          name={m.people.contracts[open.contract.status]}
          loss={<p>{m.people.removeContractLoss}</p>}
          action={m.forms.remove}
          onConfirm={async (key) => {
            await call(removePracticeRole, { params: { practitionerId: practitioner.id, roleId: open.contract.id } }, { key })
            await refresh()
          }}
          onClose={close}
        />
      )}
    </>
  )
}

function ContractLine({ contract, children }: { readonly contract: PracticeRole; readonly children: React.ReactNode }) {
  const m = useMessages()
  const format = useFormat()
  const inWords = useContractWords()
  const standing = standingOf(contract, todayIso())
  return (
    <li>
      <div>
        <strong>{inWords(contract)}</strong>
        <span className={standing === 'holds' ? 'here' : undefined}>
          {standing === 'ended' && contract.toOn !== undefined
            ? m.people.endedOn(format.day(contract.toOn))
            : m.people.contractStandings[standing]}
        </span>
      </div>
      {children}
    </li>
  )
}

function ContractButtons({
  contract,
  isOnly,
  isBusy,
  onOpen,
  onGoOn,
}: {
  readonly contract: PracticeRole
  readonly isOnly: boolean
  readonly isBusy: boolean
  readonly onOpen: (kind: 'end' | 'correct' | 'remove') => void
  readonly onGoOn: () => void
}) {
  const m = useMessages()
  const inWords = useContractWords()
  const named = (action: string) => m.people.actionOn(action, inWords(contract))
  const button = { variant: 'default', size: 'sm' } as const
  return (
    <div className="actions">
      {contract.toOn === undefined ? (
        <Button {...button} aria-label={named(m.people.endContract)} onClick={() => onOpen('end')}>
          {m.people.endContract}
        </Button>
      ) : (
        <Button {...button} aria-label={named(m.people.goOnWithContract)} loading={isBusy} onClick={onGoOn}>
          {m.people.goOnWithContract}
        </Button>
      )}
      <Button {...button} aria-label={named(m.people.correctContract)} onClick={() => onOpen('correct')}>
        {m.people.correctContract}
      </Button>
      {!isOnly && (
        <Button {...button} aria-label={named(m.forms.remove)} onClick={() => onOpen('remove')}>
          {m.forms.remove}
        </Button>
      )}
    </div>
  )
}

/** @param contract absent: a new one */
function ContractDialog({
  practitionerId,
  contract,
  onDone,
  onClose,
}: {
  readonly practitionerId: string
  readonly contract?: PracticeRole
  readonly onDone: () => Promise<unknown>
  readonly onClose: () => void
}) {
  const m = useMessages()
  const form = useForm({
    initial: { status: contract?.status ?? 'titulaire', fromOn: contract?.fromOn ?? '', toOn: contract?.toOn ?? '' } as {
      status: string
      fromOn: string
      toOn: string
    },
    check: checkContract,
    send: async (values, key) => {
      const body = factsOfContract(values)
      if (contract === undefined) await call(addPracticeRole, { params: { practitionerId }, body }, { key })
      else await call(changePracticeRole, { params: { practitionerId, roleId: contract.id }, body }, { key })
      await onDone()
      onClose()
    },
  })
  return (
    <Dialog title={contract === undefined ? m.people.addContract : m.people.correctContractTitle} onClose={onClose}>
      <FormBox
        form={form}
        action={contract === undefined ? m.people.add : m.forms.save}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <ContractFields form={form} />
      </FormBox>
    </Dialog>
  )
}
