/** Text in lines that fit. */

const WIDTH_MAX = 100

/** Columns for text on standard output: the terminal's, as long as lines stay readable; 80 elsewhere. */
export function widthOfOutput(): number {
  return Math.min(process.stdout.columns || 80, WIDTH_MAX)
}

/** Lines of at most `width`, each after `indent` blanks; what French writes with a blank before or behind stays together. */
export function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<!«) (?![»:;?!%])/)) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each) => `${' '.repeat(indent)}${each}`).join('\n')
}
