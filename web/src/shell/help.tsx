/** The keys, in a dialog. */
import { Dialog } from '#forms'
import { useMessages } from '#messages'

export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const m = useMessages()
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
    </Dialog>
  )
}
