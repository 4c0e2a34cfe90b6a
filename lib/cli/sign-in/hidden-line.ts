/** Reads a line from the terminal without showing it, and leaves the terminal as it was however that ends. */
import { emitKeypressEvents, type Key } from 'node:readline'
import type { ReadStream } from 'node:tty'
import { Interrupted } from '../interrupted.js'
import type { Screen } from '../screen.js'
import { UsageError } from '../usage-error.js'

const MAX_CHARACTERS = 1_024

/**
 * Asks for a line and resolves with it in UTF-8, without its end.
 *
 * Backspace takes the last character back, Ctrl-U and Ctrl-W all of them; what is pasted counts as typed; other keys do nothing.
 *
 * @throws {Interrupted} – Ctrl-C.
 * @throws {UsageError} – nothing was typed, too much was, or the input ended (Ctrl-D).
 * @throws the signal's reason when it fires first.
 */
export async function readHidden(
  input: ReadStream,
  screen: Screen,
  { question, signal }: { readonly question: string; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  signal.throwIfAborted()
  // Raw: the terminal neither shows what is typed nor acts on Ctrl-C and Backspace by itself. Before anything is asked, since
  // who is quick, or pastes, answers at once.
  input.setRawMode(true)
  try {
    if (screen.isTerminal) screen.status(question)
    else screen.line(question)
    return Buffer.from(await typedLine(input, signal))
  } finally {
    input.setRawMode(false)
    screen.status(undefined)
  }
}

function typedLine(input: ReadStream, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = []
    const end = (settle: () => void) => {
      input.off('keypress', onKey).off('end', onEnd).pause()
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    const fail = (error: unknown) => end(() => reject(error))
    const onAbort = () => fail(signal.reason)
    const onEnd = () => fail(new UsageError('no password was typed'))
    const onKey = (text: string | undefined, key: Key) => {
      if (key.ctrl && key.name === 'c') fail(new Interrupted())
      else if (isEnter(key) && typed.length > 0) end(() => resolve(typed.join('')))
      else if (isEnter(key) || (key.ctrl && key.name === 'd')) onEnd()
      else if (key.name === 'backspace') typed.pop()
      else if (key.ctrl && (key.name === 'u' || key.name === 'w')) typed = []
      else if (text !== undefined && !/\p{Cc}/u.test(text)) typed.push(text)
      if (typed.length > MAX_CHARACTERS) fail(new UsageError(`more than ${MAX_CHARACTERS} characters were typed`))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    // Node's own reader of keys puts UTF-8 and the sequences of function keys together again.
    emitKeypressEvents(input)
    input.on('keypress', onKey).on('end', onEnd).resume()
  })
}

function isEnter({ name }: Key): boolean {
  return name === 'return' || name === 'enter'
}
