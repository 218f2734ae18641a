/** What happens to the session in one tab happens in all. */
const MESSAGES = ['locked', 'unlocked', 'signed-out'] as const
export type TabMessage = (typeof MESSAGES)[number]

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('couronne.session')

export function tellOtherTabs(message: TabMessage): void {
  channel?.postMessage(message)
}

/** @returns stops listening */
export function hearOtherTabs(hear: (message: TabMessage) => void): () => void {
  const listener = ({ data }: MessageEvent<unknown>) => {
    const message = MESSAGES.find((each) => each === data)
    if (message !== undefined) hear(message)
  }
  channel?.addEventListener('message', listener)
  return () => channel?.removeEventListener('message', listener)
}
