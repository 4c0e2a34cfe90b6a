/** Where text goes: one of the two output streams, with its width and, on a terminal that has them, its colours. */
import type { WriteStream } from 'node:tty'
import { wrapped } from './text.js'

/** Wraps a text in what makes a terminal show it so; where there are no colours, the text as it is. */
export type Paint = (text: string) => string

/** The styles in use. A text that came from elsewhere goes through `printable` first. */
export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
  readonly whiteOnBlack: Paint
}

/** An output stream. */
export interface Screen {
  /** A person is looking, at a terminal that can do more than a typewriter. */
  readonly isTerminal: boolean
  /** A terminal of any kind, also one that is said to be a typewriter: it may obey what is written to it. */
  readonly mayObey: boolean
  /** Columns; 80 where nobody knows. */
  readonly width: number
  readonly style: Style
  /** Writes the text and ends the line. */
  line(text?: string): void
  /**
   * Writes prose behind a lead. A terminal breaks it between words and goes on below its beginning; anything else gets one line.
   * Not for what shall be copied, which only the terminal itself may break.
   */
  prose(lead: string, text: string, paint?: { readonly lead?: Paint; readonly text?: Paint }): void
  /** Shows a text below everything else until it is replaced, or removed with `undefined`. On a terminal only. */
  status(text: string | undefined): void
  /** Empties the row of the cursor, on which the terminal itself may have shown `^C`. On a terminal only. */
  clearRow(): void
  /** Writes what came from elsewhere as it is. Not for a terminal, which might obey it. */
  write(bytes: Uint8Array): void
  /**
   * Resolves when everything is written, or the reader has seen enough and closed the pipe, such as `head`.
   *
   * @throws {Error} – it cannot be written, such as to a disk that is full; `code` is the system's.
   */
  written(): Promise<void>
}

const same: Paint = text => text

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  whiteOnBlack: ['97;40', '39;49'],
} as const

// The terminal shows `^C` behind the status; on the next row nothing would take it away.
const ROOM_FOR_INTERRUPT = 3
const CLEAR_ROW = '\r\x1b[K'

/** The screen of `process.stdout` or `process.stderr`. NO_COLOR, TERM=dumb and anything but a terminal mean plain text. */
export function createScreen(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Screen {
  const isTerminal = stream.isTTY === true && env.TERM !== 'dumb'
  // hasColors knows NO_COLOR, NODE_DISABLE_COLORS, TERM=dumb and FORCE_COLOR.
  const inColor = isTerminal && (stream as WriteStream).hasColors(16, env)
  const columns = () => stream.columns || 80
  let isUsed = false
  let failure: NodeJS.ErrnoException | null | undefined
  // Without a listener a closed pipe would end the program.
  stream.on('error', error => {
    failure ??= error
  })
  const send = (data: string | Uint8Array) => {
    isUsed = true
    stream.write(data)
  }
  // The cursor stays visible: a program that is killed cannot bring it back.
  let status = ''
  const clearStatus = () => (status === '' ? '' : CLEAR_ROW)
  const paint = ([start, end]: readonly [number | string, number | string]): Paint =>
    inColor ? text => `\x1b[${start}m${text}\x1b[${end}m` : text => text
  const style = {
    bold: paint(CODES.bold),
    dim: paint(CODES.dim),
    red: paint(CODES.red),
    green: paint(CODES.green),
    yellow: paint(CODES.yellow),
    cyan: paint(CODES.cyan),
    whiteOnBlack: paint(CODES.whiteOnBlack),
  }
  const line = (text = '') => {
    send(`${clearStatus()}${text}\n${status}`)
  }
  return {
    isTerminal,
    mayObey: stream.isTTY === true,
    get width() {
      return columns()
    },
    style,
    line,
    prose(lead, text, { lead: paintLead = same, text: paintText = same } = {}) {
      const rows = isTerminal ? wrapped(text, columns() - lead.length) : [text]
      const [first = '', ...others] = rows.map(paintText)
      line(paintLead(lead) + first)
      for (const row of others) line(' '.repeat(lead.length) + row)
    },
    status(text) {
      if (!isTerminal) return
      const clear = clearStatus()
      // One row, or the next one would not replace it.
      status = text === undefined ? '' : style.dim(text.slice(0, columns() - ROOM_FOR_INTERRUPT))
      send(clear + status)
    },
    clearRow() {
      if (isTerminal) send(CLEAR_ROW)
    },
    write: send,
    async written() {
      // A full disk refuses even nothing, which is no failure where there was nothing to say.
      if (!isUsed) return
      const last = await new Promise<Error | null | undefined>(resolve => stream.write('', resolve))
      failure ??= last
      if (!failure || failure.code === 'EPIPE') return
      const { code, message } = failure
      throw Object.assign(new Error(`the output cannot be written: ${message}`, { cause: failure }), { code })
    },
  }
}
