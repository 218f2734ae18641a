/** How fast images are received from one sender, beside Orthanc with its durable default, every kept file compared with what was sent. */
import { join } from 'node:path'
import { run } from '../../tests/peers/peers.ts'
import type { Bench } from '../bench.ts'
import { STEP_TIMEOUT_MS } from '../measure.ts'
import type { ReceptionFigures } from '../reception-process.ts'
import type { Answer, Question } from '../rounds.ts'

export const reception: Question = { name: 'reception', ask }

const PATIENTS_OF_A_WHOLE_RUN = 200_000

async function ask(bench: Bench): Promise<Answer> {
  const { patients, rounds } = bench.options
  // A smaller practice has fewer images.
  const parts = Math.max(1, Math.round(PATIENTS_OF_A_WHOLE_RUN / patients))
  const script = join(import.meta.dirname, '..', 'reception-process.ts')
  const args = [script, String(parts), String(rounds), bench.newFolder('reception')]
  const { stdout } = await run(process.execPath, args, { timeoutMs: 3 * STEP_TIMEOUT_MS })
  const figures = JSON.parse(stdout) as ReceptionFigures[]
  const ratios = figures.map(({ couronneMs, orthancMs }) => median(orthancMs) / median(couronneMs))
  return {
    title: 'Receiving images from a device',
    series: [],
    table: {
      head: ['one sender, TCP_NODELAY', 'files', 'couronne, files a second', 'Orthanc, files a second', 'times as fast'],
      rows: figures.map((each, i) => {
        const rate = (ms: readonly number[]) => ((each.files / median(ms)) * 1000).toFixed(0)
        return [each.sort, String(each.files), rate(each.couronneMs), rate(each.orthancMs), `${ratios[i]!.toFixed(2)}×`]
      }),
    },
    reached: { reception: Math.min(...ratios) },
    notes: [
      'The same copies of one sample, each with a SOP Instance UID of its own, are sent by dcmtk’s storescu over one association to both, who takes turns in beginning. Both have each file and its row on the disk before they answer; ours are encrypted. Afterwards every data set that was sent is read back from ours and compared, byte for byte.',
    ],
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]!
}
