/** Text for terminals: what a server sent made harmless, durations, sizes, and command lines that can be pasted. */

// Besides control characters, those that reverse the direction of the text after them and so disguise it.
const CONTROLS = /\p{Cc}+/gu
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** The text on one line, without characters that a terminal would obey instead of showing. */
export function printable(text: string): string {
  return text.replace(CONTROLS, ' ').replace(DIRECTION, '').trim()
}

/** The text in lines of at most `width` columns; a word that is longer has a line of its own and is not broken. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** One line of JSON; what JSON itself allows but a terminal obeys is escaped. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A duration with two or three digits and its unit: `38 µs`, `4.1 ms`, `812 ms`, `1.2 s`. */
export function duration(ms: number): string {
  if (ms < 0.9995) return `${Math.round(ms * 1000)} µs`
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  return `${(ms / 1000).toFixed(1)} s`
}

/** A size in bytes for people: `312 bytes`, `5.2 kB`. */
export function size(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`
}

/** How long from now, in words: `59 minutes`. */
export function timeLeft(until: Date, now = Date.now()): string {
  const minutes = Math.round((until.getTime() - now) / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`
  return `${Math.round(minutes / 60)} hours`
}

/** The words as one command line for the shell of this system. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

/**
 * The same, an option a line so that it can be read; only where the shell takes a backslash at the end of a line.
 *
 * Shape: `program` stands for itself; each entry of `options` is an option with its value.
 */
export function longCommandLine(program: string, options: ReadonlyArray<readonly string[]>, indent: string): string {
  const lines = [program, ...options.map(commandLine)]
  return process.platform === 'win32' ? lines.join(' ') : lines.join(` \\\n${indent}    `)
}

/** A line that sets a variable of the environment: for PowerShell on Windows, elsewhere for the shell. */
export function setVariable(name: string, value: string): string {
  return process.platform === 'win32'
    ? `$env:${name} = '${value.replaceAll("'", "''")}'`
    : `export ${commandLine([`${name}=${value}`])}`
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./~-]+$/.test(word)) return word
  return process.platform === 'win32' ? `"${word.replaceAll('"', '""')}"` : `'${word.replaceAll("'", `'\\''`)}'`
}
