/** How many images wait for their record: for the menu and the first page, which load nothing else of this room. */
import { getTrayCount } from '@couronne/practice/contract'
import { useQuery } from '@tanstack/react-query'
import { call } from '#api'
import { useMay } from '#session'

const EVERY_MS = 60_000

/** For those who may file them; asked for anew each minute, and when the tray has changed. */
export function useTrayCount() {
  const enabled = useMay('documents.read')
  return useQuery({
    queryKey: ['tray', 'count'],
    queryFn: ({ signal }) => call(getTrayCount, {}, { signal }),
    enabled,
    refetchInterval: EVERY_MS,
  })
}
