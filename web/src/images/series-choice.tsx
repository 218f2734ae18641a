/** Which series of a study is shown, and where one begins in it. */
import { NativeSelect } from '@mantine/core'
import { useMessages } from '#messages'
import type { Series } from './queries.ts'
import type { Step } from './step.ts'

interface Listed {
  readonly study: { readonly coverInstanceId?: string | undefined }
  readonly series: readonly Series[]
}

/** The one that stands for the study in lists. */
export function coverSeries({ study, series }: Listed): Series | undefined {
  return series.find(({ instances }) => instances.some(({ id }) => id === study.coverInstanceId)) ?? series[0]
}

export function coverStep(steps: readonly Step[], { study }: Listed): number {
  return Math.max(
    0,
    steps.findIndex(({ fileKey }) => fileKey === study.coverInstanceId),
  )
}

export function SeriesChoice({
  all,
  chosen,
  onChoose,
}: {
  readonly all: readonly Series[]
  readonly chosen: string
  readonly onChoose: (id: string) => void
}) {
  const m = useMessages()
  if (all.length < 2) return null
  return (
    <NativeSelect
      label={m.images.series}
      value={chosen}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      data={all.map(({ id, number, description, modality, instances }, i) => ({
        value: id,
        label: m.images.seriesIs(number ?? i + 1, description ?? modality, instances.length),
      }))}
    />
  )
}
