/** Says below everything else that somebody is waited for, and for how long still. */
import type { Screen } from '../screen.js'
import { timeLeft } from '../text.js'

/** A countdown that runs. */
export interface Countdown {
  /** Ends it and leaves nothing of it on the screen. */
  stop(): void
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 120

/** Counts down to `until`, a time in milliseconds. Where nobody is looking, one line says it once. */
export function startCountdown(screen: Screen, until: number): Countdown {
  if (!screen.isTerminal) {
    screen.line(`Waiting for you, ${timeLeft(new Date(until))} left.`)
    return { stop: () => {} }
  }
  let frame = 0
  const show = () => {
    const glyph = FRAMES[frame++ % FRAMES.length] ?? ''
    screen.status(`${glyph} Waiting for you, ${clock(until - Date.now())} left; Ctrl-C gives up`)
  }
  show()
  const timer = setInterval(show, FRAME_MS)
  // What waits keeps the program running, not what shows it.
  timer.unref()
  return {
    stop() {
      clearInterval(timer)
      screen.status(undefined)
    },
  }
}

/** Minutes and seconds: `14:05`. */
function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
