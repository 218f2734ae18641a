import { Link } from '@tanstack/react-router'
import { useMessages } from '#messages'
import { useMay } from '#session'

/** The pages of the settings. */
export function SettingsTabs() {
  const m = useMessages()
  const maySeeSystem = useMay('system.read')
  return (
    <nav className="tabs" aria-label={m.installation.settingsTitle}>
      <Link to="/settings" activeOptions={{ exact: true }}>
        {m.installation.practiceTab}
      </Link>
      {maySeeSystem && <Link to="/settings/sealing">{m.installation.sealingTab}</Link>}
    </nav>
  )
}
