import { Link } from '@tanstack/react-router'
import { useMessages } from '#messages'
import { useMay } from '#session'

/** The pages of the settings. */
export function SettingsTabs() {
  const m = useMessages()
  const maySeeSystem = useMay('system.read')
  const maySeeProvider = useMay('practice.write', 'system.write')
  return (
    <nav className="tabs" aria-label={m.installation.settingsTitle}>
      <Link to="/settings" activeOptions={{ exact: true }}>
        {m.installation.practiceTab}
      </Link>
      {maySeeProvider && <Link to="/settings/provider">{m.provider.tab}</Link>}
      {maySeeSystem && <Link to="/settings/reception">{m.images.receptionTab}</Link>}
      {maySeeSystem && <Link to="/settings/sealing">{m.installation.sealingTab}</Link>}
    </nav>
  )
}
