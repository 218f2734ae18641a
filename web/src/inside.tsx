/** The frame of what is seen by those who have signed in; the lock goes over it, and keeps what was typed. */
import { changeMe, lockSession, signOut } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { call, setStanding, useStanding } from '#api'
import { claimDrafts, forgetDrafts } from '#forms'
import { useTrayCount } from '#images/tray-count'
import { useMessages, useSpeech } from '#messages'
import { LockScreen, meQuery, ProofDialog, tellOtherTabs, usePresence } from '#session'
import { KeysHelp, LanguageChoice, Mark, ROOMS, SchemeChoice, ServerNotice, SkipLink, useKeys } from '#shell'

const SearchField = lazy(async () => ({ default: (await import('#patients')).SearchField }))

export function Inside() {
  const m = useMessages()
  const { isLocked } = useStanding()
  const { data: me } = useQuery(meQuery)
  const [isHelpOpen, setIsHelpOpen] = useState(false)
  const { leave, lock } = useLeaving()
  usePresence(leave)
  useAccountLanguage(me?.account.language)
  useEffect(() => {
    if (me !== undefined) claimDrafts(me.account.id)
  }, [me])
  useKeys(
    useMemo(
      () => ({
        '?': () => setIsHelpOpen(true),
        '/': () => document.getElementById('search')?.focus(),
        l: () => void lock(),
      }),
      [lock],
    ),
  )
  return (
    <>
      {isLocked && <LockScreen onSignOut={() => void leave(true)} />}
      <div className="inside" hidden={isLocked} inert={isLocked}>
        <SkipLink />
        <Header onLock={lock} onSignOut={() => leave(true)} onHelp={() => setIsHelpOpen(true)} />
        {me?.practice.isSample === true && (
          <aside className="sample-banner">
            {m.shell.sample} <Link to="/set-up">{m.shell.sampleOwn}</Link>
          </aside>
        )}
        <ServerNotice />
        <div className="columns">
          <Rooms />
          <main id="main" tabIndex={-1}>
            <Outlet />
          </main>
        </div>
        {isHelpOpen && <KeysHelp onClose={() => setIsHelpOpen(false)} />}
        <ProofDialog />
      </div>
    </>
  )
}

/** Locking, and going: what was typed goes with the one who asked to. */
function useLeaving() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const leave = useCallback(
    async (isWanted = false) => {
      if (isWanted) {
        forgetDrafts()
        await call(signOut, {}).catch(() => undefined) // the session may have ended already: the way out is the same
        tellOtherTabs('signed-out')
      }
      setStanding({ isLocked: false })
      await navigate({ to: '/sign-in', ...(isWanted ? {} : { search: { from: window.location.pathname } }) })
      queries.clear()
    },
    [navigate, queries],
  )
  const lock = useCallback(async () => {
    setStanding({ isLocked: true })
    await call(lockSession, {}).catch(() => undefined) // out of sight all the same; the server locks by itself soon
    tellOtherTabs('locked')
  }, [])
  return { leave, lock }
}

function useAccountLanguage(wanted: 'fr' | 'en' | undefined): void {
  const { speak } = useSpeech()
  useEffect(() => {
    if (wanted !== undefined) void speak(wanted)
  }, [wanted, speak])
}

function Header({
  onLock,
  onSignOut,
  onHelp,
}: {
  readonly onLock: () => Promise<void>
  readonly onSignOut: () => Promise<void>
  readonly onHelp: () => void
}) {
  const m = useMessages()
  const { data: me } = useQuery(meQuery)
  const maySearch = me?.permissions.includes('patients.read') === true
  return (
    <header className="top no-print">
      <Link to="/" className="brand" aria-label={m.shell.toHome(me?.practice.name ?? m.shell.product)}>
        <Mark />
        <span className="brand-name">{me?.practice.name ?? m.shell.product}</span>
      </Link>
      {maySearch && (
        <Suspense fallback={<div className="search" />}>
          <SearchField />
        </Suspense>
      )}
      <div className="top-right">
        <Link to="/attack" className="attack">
          {m.shell.attack}
        </Link>
        <AccountMenu onLock={onLock} onSignOut={onSignOut} onHelp={onHelp} />
      </div>
    </header>
  )
}

function AccountMenu({
  onLock,
  onSignOut,
  onHelp,
}: {
  readonly onLock: () => Promise<void>
  readonly onSignOut: () => Promise<void>
  readonly onHelp: () => void
}) {
  const m = useMessages()
  const { data: me } = useQuery(meQuery)
  const [isOpen, setIsOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const queries = useQueryClient()
  const close = useCallback(() => setIsOpen(false), [])
  useDisclosure(isOpen, box, button, close)
  const item = (act: () => void) => () => {
    close()
    act()
  }
  return (
    <div className="account" ref={box}>
      <button
        ref={button}
        type="button"
        className="account-button"
        aria-expanded={isOpen}
        aria-controls="account-menu"
        onClick={() => setIsOpen(!isOpen)}
      >
        {me?.account.displayName ?? m.shell.account}
      </button>
      <div id="account-menu" className="account-menu" hidden={!isOpen}>
        {me !== undefined && <p className="aside">{m.people.roles[me.account.role]}</p>}
        <Link to="/account" onClick={close}>
          {m.shell.account}
        </Link>
        <button type="button" onClick={item(onHelp)}>
          {m.shell.keys}
        </button>
        <button type="button" onClick={item(() => void onLock())}>
          {m.shell.lock}
        </button>
        <button type="button" onClick={item(() => void onSignOut())}>
          {m.shell.signOut}
        </button>
        <LanguageChoice
          onChoose={(language) => {
            call(changeMe, { body: { language } }).then(
              (changed) => queries.setQueryData(meQuery.queryKey, changed),
              () => undefined, // spoken here all the same
            )
          }}
        />
        <SchemeChoice />
      </div>
    </div>
  )
}

/** Escape, and a click elsewhere, close what a button has opened. */
function useDisclosure(
  isOpen: boolean,
  box: { readonly current: HTMLElement | null },
  button: { readonly current: HTMLElement | null },
  close: () => void,
): void {
  useEffect(() => {
    if (!isOpen) return
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      close()
      button.current?.focus()
    }
    const elsewhere = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) close()
    }
    document.addEventListener('keydown', closeOnEscape)
    document.addEventListener('pointerdown', elsewhere)
    document.addEventListener('focusin', elsewhere)
    return () => {
      document.removeEventListener('keydown', closeOnEscape)
      document.removeEventListener('pointerdown', elsewhere)
      document.removeEventListener('focusin', elsewhere)
    }
  }, [isOpen, box, button, close])
}

function Rooms() {
  const m = useMessages()
  const { data: me } = useQuery(meQuery)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const { data: waiting } = useTrayCount()
  const [isOpen, setIsOpen] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: one has gone somewhere
  useEffect(() => setIsOpen(false), [path])
  const open = ROOMS.filter(({ needs }) => needs.some((each) => me?.permissions.includes(each)))
  return (
    <div className="rooms-nav no-print">
      <button
        type="button"
        className="rooms-button"
        aria-expanded={isOpen}
        aria-controls="rooms"
        onClick={() => setIsOpen(!isOpen)}
      >
        {m.shell.menu}
      </button>
      <nav id="rooms" aria-label={m.shell.roomsLabel} data-open={isOpen || undefined}>
        <ul>
          {open.map(({ name, to }) => (
            <li key={name}>
              <Link to={to} activeOptions={{ exact: to === '/' }}>
                {name === 'images' && waiting !== undefined && waiting.tray > 0
                  ? m.shell.roomCounted(m.shell.rooms[name], waiting.tray)
                  : m.shell.rooms[name]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  )
}
