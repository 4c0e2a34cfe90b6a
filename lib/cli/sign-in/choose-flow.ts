/** Chooses how to sign in: as asked, as an option that only one flow has implies, or by whether a browser can be opened. */
import { whyNoSystemBrowser } from '../../index.js'
import type { FLOWS, OptionName, OptionValues } from '../options.js'
import { UsageError } from '../usage-error.js'

/** A way to sign in. */
export type Flow = Exclude<(typeof FLOWS)[number], 'auto'>

/** The way to sign in. */
export interface ChosenFlow {
  readonly flow: Flow
  /** Why there is no browser to do it with, where `auto` found that out. */
  readonly whyNoBrowser?: string
}

const ONLY_FOR: ReadonlyArray<readonly [OptionName, Flow]> = [
  ['qr', 'device-code'],
  ['password-stdin', 'password'],
  ['prompt', 'interactive'],
]

/**
 * Resolves with the flow of the options.
 *
 * @throws {UsageError} – an option belongs to another flow than the one that was asked for, or the flow lacks one.
 */
export async function chooseFlow(options: OptionValues): Promise<ChosenFlow> {
  const chosen = await choose(options)
  if (chosen.flow === 'password' && options.username === undefined) {
    throw new UsageError('--flow password needs the user name', 'Pass it with --username USER.')
  }
  return chosen
}

async function choose(options: OptionValues): Promise<ChosenFlow> {
  let flow = options.flow === 'auto' ? undefined : options.flow
  for (const [option, owner] of ONLY_FOR) {
    if (options[option] === undefined) continue
    flow ??= owner
    if (flow !== owner) throw new UsageError(`--${option} goes with --flow ${owner}, not with ${flow}`)
  }
  if (flow !== undefined) return { flow }
  const whyNoBrowser = await whyNoSystemBrowser()
  return whyNoBrowser === undefined ? { flow: 'interactive' } : { flow: 'device-code', whyNoBrowser }
}
