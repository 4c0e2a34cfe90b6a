/** Says where and how tokens are kept: on one line, or on two of a terminal that is too narrow for it. */
import type { Application } from './application.js'
import type { Screen } from './screen.js'
import { printable } from './text.js'

/** The path stays whole, so that it can be copied, whatever spaces are in it. */
export function tellPlace(
  { line, isTerminal, width, style }: Screen,
  lead: string,
  { location, protection }: Pick<Application, 'location' | 'protection'>,
): void {
  const path = `${lead}${printable(location)},`
  const isTooLong = isTerminal && path.length + 1 + protection.length > width
  if (!isTooLong) line(style.dim(`${path} ${protection}`))
  else {
    line(style.dim(path))
    line(style.dim(`${' '.repeat(lead.length)}${protection}`))
  }
}
