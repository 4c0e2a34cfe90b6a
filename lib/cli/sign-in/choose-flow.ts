/** Chooses how to sign in: as asked, as an option that only one flow has implies, or by whether a browser can be opened. */
import { whyNoSystemBrowser } from '../../index.js'
import { type FLOWS, INTEGRATED_OPTIONS, type OptionName, type OptionValues } from '../options.js'
import { UsageError } from '../usage-error.js'

/** A way to sign in; `auto` tries without a prompt first. */
export type Flow = (typeof FLOWS)[number]

/** A way to ask a person, where nothing says which. */
export interface PersonFlow {
  readonly flow: 'interactive' | 'device-code'
  /** Why there is no browser to do it with. */
  readonly whyNoBrowser?: string
}

type NamedFlow = Exclude<Flow, 'auto'>

/** The flows that take an option; it implies the first of them. */
const ONLY_FOR: ReadonlyArray<readonly [OptionName, NamedFlow, ...NamedFlow[]]> = [
  ['qr', 'device-code'],
  ['password-stdin', 'password'],
  ['prompt', 'interactive'],
  ...INTEGRATED_OPTIONS.map(option => [option, 'integrated'] as const),
  ['federation-metadata', 'integrated', 'password'],
]

/**
 * The flow of the options.
 *
 * @throws {UsageError} – an option belongs to another flow than the one that was asked for, or the flow lacks one.
 */
export function chooseFlow(options: OptionValues): Flow {
  let flow = options.flow === 'auto' ? undefined : options.flow
  for (const [option, ...owners] of ONLY_FOR) {
    if (options[option] === undefined) continue
    flow ??= owners[0]
    if (!owners.includes(flow)) {
      throw new UsageError(`--${option} goes with --flow ${owners.join(' or ')}, not with ${flow}`)
    }
  }
  if (flow === 'password' && options.username === undefined) {
    throw new UsageError('--flow password needs the user name', 'Pass it with --username USER.')
  }
  return flow ?? 'auto'
}

/** How to ask a person here. */
export async function choosePersonFlow(): Promise<PersonFlow> {
  const whyNoBrowser = await whyNoSystemBrowser()
  return whyNoBrowser === undefined ? { flow: 'interactive' } : { flow: 'device-code', whyNoBrowser }
}
