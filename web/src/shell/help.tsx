/** The keys, in a dialog, and a switch for them. */
import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import { Dialog } from '#forms'
import { useMessages } from '#messages'
import { areKeysOn, switchKeys } from './keyboard.ts'

export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const m = useMessages()
  const [isOn, setIsOn] = useState(areKeysOn)
  return (
    <Dialog title={m.shell.keys} onClose={onClose}>
      <dl className="keys">
        {Object.entries(m.shell.keyList).map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <Checkbox
        label={m.shell.useKeys}
        checked={isOn}
        onChange={(event) => {
          switchKeys(event.currentTarget.checked)
          setIsOn(event.currentTarget.checked)
        }}
      />
    </Dialog>
  )
}
