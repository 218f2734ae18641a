/** The first stop of the Tab key: past the header, to the page. */
import { useMessages } from '#messages'

export function SkipLink() {
  const m = useMessages()
  return (
    <a href="#main" className="skip">
      {m.shell.skip}
    </a>
  )
}
