/** A small picture that the server has drawn, or the word that there is none. What it shows is said beside it. */
import { useState } from 'react'
import { useMessages } from '#messages'

export function Thumbnail({ address }: { readonly address: string | undefined }) {
  const m = useMessages()
  const [failed, setFailed] = useState<string>()
  if (address === undefined || failed === address)
    // In a style sheet's words: the link around it has a name of its own.
    return <span className="thumbnail no-thumbnail" data-words={m.images.noPreview} />
  return <img className="thumbnail" src={address} alt="" loading="lazy" onError={() => setFailed(address)} />
}
