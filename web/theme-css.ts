/** The theme's variables as a style sheet, made while the pages are built: a `<style>` made in the browser is what the policy forbids. */
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core'
import type { Plugin } from 'vite'
import { theme } from './src/theme.ts'

const NAME = 'virtual:theme.css'
const ID = '/__theme.css'

export function themeCss(): Plugin {
  return {
    name: 'theme-css',
    resolveId: (name) => (name === NAME ? ID : undefined),
    load: (id) =>
      id === ID ? convertCssVariables(defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme)), ':root') : undefined,
  }
}
