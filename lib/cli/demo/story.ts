/** Tells the demo on the screen: numbered steps, what happened in each and how long it took, within 80 columns. */
import type { Screen } from '../screen.js'
import { duration, printable } from '../text.js'

const MAX_WIDTH = 80
const LABEL_WIDTH = 10

/** A step that is being told. */
export interface Chapter {
  /** Tells one thing that happened. `took` is its time in ms; texts from elsewhere may be told as they are. */
  say(label: string, text: string, took?: number): void
  /** The time since the last thing that was told, or since the step began. */
  lap(): number
  /** The time since the step began. */
  total(): number
}

/** The teller: one for a whole demo. */
export class Story {
  readonly #screen: Screen
  readonly #started = performance.now()
  #steps = 0

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Title and introduction. */
  open(title: string, lines: readonly string[]): void {
    this.#screen.line(this.#screen.style.bold(title))
    for (const line of lines) this.#screen.line(this.#screen.style.dim(line))
  }

  /** Begins a step. */
  chapter(title: string): Chapter {
    const { bold, cyan } = this.#screen.style
    this.#steps += 1
    const started = performance.now()
    let last = started
    this.#screen.line()
    this.#screen.line(`${cyan(String(this.#steps))}  ${bold(title)}`)
    return {
      say: (label, text, took) => {
        this.#row(label, printable(text), took)
        last = performance.now()
      },
      lap: () => performance.now() - last,
      total: () => performance.now() - started,
    }
  }

  /** Says that all went well, how long it took, and what to do next. */
  close(proofs: readonly string[], next: ReadonlyArray<readonly [command: string, what: string]>): void {
    const { bold, green, cyan } = this.#screen.style
    this.#screen.line()
    const took = duration(performance.now() - this.#started)
    this.#screen.line(`${green('✓')} ${bold(`${this.#steps} steps in ${took}.`)} What was proven:`)
    for (const proof of proofs) this.#screen.line(`  ${green('·')} ${proof}`)
    this.#screen.line()
    this.#screen.line(bold('Try next'))
    const width = Math.max(...next.map(([command]) => command.length))
    for (const [command, what] of next) this.#screen.line(`  ${cyan(command.padEnd(width))}   ${what}`)
  }

  #row(label: string, text: string, took: number | undefined): void {
    const { dim } = this.#screen.style
    const time = took === undefined ? '' : duration(took)
    const room = Math.min(MAX_WIDTH, this.#screen.width) - 3 - LABEL_WIDTH - (time === '' ? 0 : time.length + 2)
    // A text that does not fit is left whole; its time then follows at once.
    const end = time === '' ? '' : `${' '.repeat(Math.max(0, room - [...text].length))}  ${dim(time)}`
    this.#screen.line(`   ${dim(label.padEnd(LABEL_WIDTH))}${text}${end}`)
  }
}
