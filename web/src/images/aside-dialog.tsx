/** Out of the tray without a record: nothing is deleted, and the reason stays. */
import { setStudyAsideEndpoint, type TrayStudy } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { call } from '#api'
import { Dialog, FormBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { refreshTray } from './queries.ts'
import { isReason } from './reason.ts'
import { namedInTray } from './tray-words.ts'

export function AsideDialog({
  studies,
  onClose,
  onDone,
}: {
  readonly studies: readonly TrayStudy[]
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const m = useMessages()
  const queries = useQueryClient()
  const done = useRef(new Set<string>())
  const form = useForm({
    initial: { reason: '' },
    check: ({ reason }) => ({ reason: isReason(reason) ? undefined : m.patients.reasonShort }),
    send: async ({ reason }, key) => {
      try {
        for (const { id: studyId } of studies.filter(({ id }) => !done.current.has(id))) {
          await call(
            setStudyAsideEndpoint,
            { params: { studyId }, body: { reason: reason.trim() } },
            { key: `${key}-${studyId}` },
          )
          done.current.add(studyId)
        }
      } finally {
        await refreshTray(queries)
      }
      onDone()
    },
  })
  return (
    <Dialog title={m.images.asideTitle} onClose={onClose}>
      <p>{m.images.asideLead}</p>
      <ul className="plain">
        {studies.map((study) => (
          <li key={study.id}>{namedInTray(study, m)}</li>
        ))}
      </ul>
      <FormBox
        form={form}
        action={m.images.asideDo}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <TextField form={form} name="reason" label={m.images.asideWhy} hint={m.images.asideHint} lengthMax={500} />
      </FormBox>
    </Dialog>
  )
}
