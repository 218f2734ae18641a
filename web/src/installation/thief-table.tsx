/** What a thief could read, in plain words, for each thing that can be stolen. */
import { useMessages } from '#messages'

export function ThiefTable({ opensByItself }: { readonly opensByItself: boolean }) {
  const m = useMessages()
  const words = m.installation.thief
  const cases = opensByItself ? words.itself : words.passphrase
  return (
    <section className="thief" aria-label={words.title}>
      <p className="thief-title">{words.title}</p>
      <dl>
        {cases.map(({ stolen, reads, isSafe }) => (
          <div key={stolen}>
            <dt>{stolen}</dt>
            <dd>
              <strong className={isSafe ? 'good' : 'bad'}>{isSafe ? words.nothing : words.everything}</strong> {reads}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
