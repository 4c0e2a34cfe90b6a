/** Runs the checks side by side, each within its time; whatever one throws becomes its finding. */
import { AuthError } from '../errors.js'
import { loadNativeAddon } from '../native/addon.js'
import { orAborted } from '../request/abort.js'
import { browser, display, session } from './desktop.js'
import type { Check, DiagnoseOptions, Diagnosis, DiagnosisName, Finding, Machine } from './diagnosis.js'
import { federationChecks } from './federation.js'
import { judge } from './needs.js'
import { networkChecks } from './network.js'
import { native, node } from './runtime.js'
import { storageChecks } from './storage.js'
import { device, ticket } from './system.js'

const DEFAULT_TIMEOUT_SECONDS = 10
const MAX_TIMEOUT_SECONDS = 3_600
const MAX_DETAIL = 500

/** @throws the signal's reason when it fires. */
export async function runChecks(options: DiagnoseOptions, machine: Machine): Promise<Diagnosis[]> {
  const { signal } = options
  signal?.throwIfAborted()
  const timeoutMs = timeoutOf(options) * 1000
  const stop = new AbortController()
  const limits = { timeoutMs, signal: stop.signal }
  const addon = machine.addon ?? loadNativeAddon()
  const network = networkChecks(options, { ...machine, addon }, limits)
  const federation = federationChecks(options, { ...machine, addon }, limits)
  const storage = storageChecks(options.cache, addon, timeoutMs)
  const checks: Readonly<Record<DiagnosisName, Check>> = {
    node,
    native: () => native(addon),
    cache: storage.cache,
    encryption: storage.encryption,
    proxy: network.proxy,
    certificates: network.certificates,
    authority: network.authority,
    clock: network.clock,
    ticket: () => ticket(addon, options),
    device: () => device(addon),
    federation: federation.federation,
    spn: federation.spn,
    browser: () => browser(machine),
    display: () => display(machine),
    session: () => session(machine),
  }
  // A check that waits for the request is given up a little later than the request itself.
  const all = (Object.keys(checks) as DiagnosisName[]).map(async check =>
    judge(check, await within(checks[check], timeoutMs + 500), options.flow),
  )
  try {
    return await orAborted(Promise.all(all), signal)
  } finally {
    stop.abort()
  }
}

function timeoutOf({ timeoutSeconds }: DiagnoseOptions): number {
  const isUsable = typeof timeoutSeconds === 'number' && timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS
  return isUsable ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS
}

/** Resolves when the check has settled, or when its time is over. */
async function within(check: Check, timeoutMs: number): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Finding>(resolve => {
    timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${timeoutMs / 1000} s` }), timeoutMs)
  })
  try {
    const finding = await Promise.race([check(), late])
    return { ...finding, detail: oneLine(finding.detail) }
  } catch (error) {
    return failed(error)
  } finally {
    clearTimeout(timer)
  }
}

function failed(error: unknown): Finding {
  const detail = oneLine(error instanceof Error ? error.message : String(error))
  if (!(error instanceof AuthError)) return { ok: false, detail }
  return { ok: false, detail: `${detail} [${error.code}]`, hint: error.hint }
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MAX_DETAIL)
}
