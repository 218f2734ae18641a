/**
 * The look, on one page: much white, one deep teal, a serif for headings. Colours meet WCAG 2.2 AA on both grounds; `tests/browser` asks
 * axe on each page. What Mantine does not draw takes its colours from `styles.css`.
 */
import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** From paper to ink; 7 is the accent on white (8.1 to 1), 6 the ground of buttons in the dark (5.9 to 1). */
const teal: MantineColorsTuple = [
  '#eef6f5',
  '#d9ebe9',
  '#b0d6d2',
  '#7fc4be',
  '#4fa6a1',
  '#2b8784',
  '#146f6d',
  '#07585a',
  '#064a4c',
  '#04393b',
]

const red: MantineColorsTuple = [
  '#fdf1f0',
  '#f9dedb',
  '#f2b8b3',
  '#ef9a93',
  '#dd6d64',
  '#c64a41',
  '#b0332b',
  '#96231c',
  '#7c1a14',
  '#5f120d',
]

/** Cool greys; 6 is the lightest that text may have on white (5.3 to 1). */
const gray: MantineColorsTuple = [
  '#f6f8f8',
  '#edf1f1',
  '#dfe5e6',
  '#c6cfd1',
  '#97a3a6',
  '#76858a',
  '#5a686d',
  '#435055',
  '#2c373b',
  '#182023',
]

/** Text first, ground last but two. */
const dark: MantineColorsTuple = [
  '#e6ecec',
  '#b9c4c6',
  '#a1aeb1',
  '#7f8e92',
  '#3b4a4f',
  '#2a363a',
  '#1d272b',
  '#141c1f',
  '#0f1618',
  '#0a0f11',
]

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { teal, red, gray, dark },
  black: '#182023',
  fontFamily: "'Source Sans 3', 'Segoe UI', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', Menlo, monospace",
  headings: { fontFamily: "'Source Serif 4', Georgia, serif", fontWeight: '600' },
  fontSizes: { xs: '0.875rem', sm: '1rem', md: '1.0625rem', lg: '1.1875rem', xl: '1.375rem' },
  defaultRadius: 4,
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
})
