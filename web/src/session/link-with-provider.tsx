/** Links the account that is signed in with the practice's provider: the browser goes there, and comes back to one's account. */
import { startOidcLink } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { call } from '#api'
import { ProblemBox } from '#forms'

export function LinkWithProvider({ action }: { readonly action: string }) {
  const link = useMutation({
    mutationFn: () => call(startOidcLink, {}),
    onSuccess: ({ location }) => window.location.assign(location),
  })
  return (
    <>
      {link.error !== null && <ProblemBox problem={link.error} />}
      <Button variant="default" loading={link.isPending} onClick={() => link.mutate()}>
        {action}
      </Button>
    </>
  )
}
