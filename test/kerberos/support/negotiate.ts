/** The native capability under test, and its arguments with defaults. */
import assert from 'node:assert/strict'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import type { NativeFailure, NativeFailureCode, NegotiateCredentials, NegotiateTarget } from '#lib/native/contract.js'
import { WHOLE_FILE } from '../../support/machine.js'
import { Kdc } from './kdc.js'

/** The native capability of the built addon. */
export const negotiate = requireCapability(loadNativeAddon(), 'negotiate')

/** What leaves every choice to the system. */
export const DEFAULT_CREDENTIALS: NegotiateCredentials = {
  clientKeytab: '',
  credentialCache: '',
  principal: '',
  username: '',
  domain: '',
  password: new Uint8Array(),
}

/** Credentials that differ from the system's choice in what is given. */
export function credentials(parts: Partial<NegotiateCredentials> = {}): NegotiateCredentials {
  return { ...DEFAULT_CREDENTIALS, ...parts }
}

/** HTTP/localhost with the default credentials and no channel bindings, but for what is given. */
export function target(parts: Partial<NegotiateTarget> = {}): NegotiateTarget {
  return {
    servicePrincipalName: 'HTTP/localhost',
    channelBindings: new Uint8Array(),
    allowNtlm: false,
    credentials: DEFAULT_CREDENTIALS,
    ...parts,
  }
}

/** The first token of a new conversation. */
export async function firstToken(parts: Partial<NegotiateTarget> = {}): Promise<Uint8Array> {
  const context = await negotiate.open(target(parts))
  try {
    return (await context.step(new Uint8Array())).output
  } finally {
    context.close()
  }
}

/** For assert.rejects: a failure with this code, and with all that a native failure has. */
export function failsWith(code: NativeFailureCode, minorStatus?: number) {
  return (error: NativeFailure) => {
    assert.equal(error.code, code, `${error.code} ${error.status}/${error.minorStatus}: ${error.message}`)
    assert.notEqual(error.call, '')
    assert.notEqual(error.message, '')
    if (minorStatus !== undefined) assert.equal(error.minorStatus, minorStatus, error.message)
    return true
  }
}

/** A KDC for a whole file of tests, which this process uses until it ends. */
export async function kdcOfThisFile(): Promise<Kdc> {
  const kdc = await Kdc.start(WHOLE_FILE)
  Object.assign(process.env, kdc.env)
  return kdc
}

/** Runs `body` while KRB5CCNAME names another cache. */
export async function withDefaultCache(cache: string, body: () => Promise<void>): Promise<void> {
  const before = process.env.KRB5CCNAME
  process.env.KRB5CCNAME = cache
  await body().finally(() => {
    process.env.KRB5CCNAME = before
  })
}
