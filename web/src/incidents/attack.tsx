/**
 * What to do in the first minutes of an attack. Static: it needs nobody signed in and no answer of the server, and prints on one page.
 *
 * @see cybermalveillance.gouv.fr, CISA StopRansomware guide (2023): isolate first, leave switched on, telephone rather than mail
 */
import { Button } from '@mantine/core'
import { useMessages } from '#messages'
import { Page, Section } from '#shell'

export function AttackPage() {
  const m = useMessages()
  const words = m.incidents
  return (
    <Page title={words.title} lead={words.lead} isNarrow>
      <ol className="steps">
        {words.steps.map((step) => (
          <li key={step.what}>
            <strong>{step.what}</strong>
            <span>{step.how}</span>
          </li>
        ))}
      </ol>
      <Section title={words.callTitle}>
        <p>{words.callLead}</p>
        <dl className="numbers">
          {words.numbers.map(({ who, number, tel, why }) => (
            <div key={who}>
              <dt>{who}</dt>
              <dd>
                {tel === '' ? <span className="number">{number}</span> : <PhoneNumber tel={tel} number={number} />}
                <span>{why}</span>
              </dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title={words.neverTitle}>
        <ul className="plain">
          {words.nevers.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </Section>
      <Section title={words.laterTitle}>
        <ul className="plain">
          {words.laters.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </Section>
      <p className="no-print">
        <Button variant="default" onClick={() => window.print()}>
          {words.print}
        </Button>
      </p>
    </Page>
  )
}

function PhoneNumber({ tel, number }: { readonly tel: string; readonly number: string }) {
  return (
    <a className="number" href={`tel:${tel}`}>
      {number}
    </a>
  )
}
