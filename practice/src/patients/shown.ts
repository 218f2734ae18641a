/**
 * Telling the journal whom a list showed. Somebody who looks a celebrity up need not open the record: name, birth date and telephone stand in
 * the line that was found, and a diary says when they come.
 */
import type { Tx } from '#database'
import type { SignedInEndpoint } from '#endpoint'
import type { Call } from '#http'
import type { List } from './lists.ts'

/** One line of the journal names so many, which the 8 KiB that many a syslog takes still hold; a diary of two months makes several. */
const SHOWN_MAX = 150

/** One entry for each hundred and fifty patients; one without any where nobody was shown. */
export async function recordShown(
  record: Call<SignedInEndpoint>['record'],
  tx: Tx,
  list: List,
  patientIds: readonly string[],
  details: Readonly<Record<string, string | number | boolean | undefined>>,
): Promise<void> {
  const ids = [...new Set(patientIds)]
  for (let i = 0; i === 0 || i < ids.length; i += SHOWN_MAX)
    await record(tx, { subject: `list:${list}`, shown: ids.slice(i, i + SHOWN_MAX), details })
}
