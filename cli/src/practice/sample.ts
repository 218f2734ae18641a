/** The sample practice, with an account for each role. Everybody in it is invented. */
import type { Installation, SampleAccount } from '@couronne/practice'

export async function makeSample(installation: Installation, language: 'fr' | 'en'): Promise<readonly SampleAccount[]> {
  const owner = { login: 'dentiste', displayName: 'Dr Camille Exemple', password: 'exemple-couronne-dentiste', language }
  await installation.createSample(owner, language === 'fr' ? 'Cabinet d’exemple' : 'Sample practice', async () => {})
  return [{ role: 'owner', login: owner.login, password: owner.password }]
}
