/** Taking a source off the list: its files and its password go, what came of it stays. */
import { type ImportSource, removeImportSource } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '#api'
import { ConfirmByName } from '#forms'
import { useMessages } from '#messages'
import { importSourcesQuery } from './queries.ts'

export function LeaveImport({ source }: { readonly source: ImportSource }) {
  const m = useMessages()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const leave = async () => {
    await call(removeImportSource, { params: { sourceId: source.id } })
    await navigate({ to: '/imports' })
    await queries.invalidateQueries(importSourcesQuery)
  }
  return (
    <div className="other-way">
      <Button variant="default" onClick={() => setIsAsking(true)}>
        {m.imports.leave}
      </Button>
      {isAsking && (
        <ConfirmByName
          title={m.imports.leave}
          name={source.title}
          loss={<p>{m.imports.leaveLoss}</p>}
          action={m.imports.leaveAction}
          onConfirm={leave}
          onClose={() => setIsAsking(false)}
        />
      )}
    </div>
  )
}
