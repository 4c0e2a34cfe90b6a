/** What a check finds, and what it has to work with. */
import type { PersistentCacheOptions } from '../cache/persistent-cache.js'
import type { LoadedAddon } from '../native/addon.js'
import type { HttpOptions } from '../request/configuration.js'
import type { KerberosCredentials } from '../request/requests.js'

/** What one check found. */
export interface Diagnosis {
  /** Name of the check, as `clock`. */
  readonly check: DiagnosisName
  /** False when something that sign-ins need, or those of the `flow` that was asked about, does not work. */
  readonly ok: boolean
  /** What was found, on one line; never a secret. */
  readonly detail: string
  /** What to do, in one sentence. With `ok: true` it is advice: all works, but less well than it could. */
  readonly hint?: string
}

/** The checks, in the order in which they are reported. */
export type DiagnosisName =
  | 'node'
  | 'native'
  | 'cache'
  | 'encryption'
  | 'proxy'
  | 'certificates'
  | 'authority'
  | 'clock'
  | 'ticket'
  | 'device'
  | 'federation'
  | 'spn'
  | 'browser'
  | 'display'
  | 'session'

/** A way to sign in, by its method: `acquireTokenInteractive`, `…ByDeviceCode`, `…ByIntegratedWindowsAuth`, `…ByUsernamePassword`. */
export type DiagnoseFlow = 'interactive' | 'device-code' | 'integrated' | 'password'

/** Options of {@link diagnose}; give those that the application is configured with. */
export interface DiagnoseOptions {
  /** Default `https://login.microsoftonline.com/common`. */
  authority?: string
  /** As in the configuration. Default `AAD`. */
  protocolMode?: 'AAD' | 'OIDC'
  /**
   * The way that shall work here: what it needs and lacks is then not `ok`, and what it does without is advice. Default: any
   * way will do, so that neither a browser nor a ticket is demanded.
   */
  flow?: DiagnoseFlow
  /** As in the configuration; `timeoutSeconds` of this object wins over that of `http`. */
  http?: HttpOptions
  /** Whose federation server to look at. Default: the user of the Kerberos ticket or of Windows. */
  username?: string
  /** The credentials of integrated Windows authentication, as in its request. */
  kerberos?: KerberosCredentials
  /** As in the request of integrated Windows authentication: managed users are meant too. Default false. */
  desktopSso?: boolean
  /** What createPersistentCache is called with; what it would refuse is not `ok`. Default: a cache named `latchkey`, as advice. */
  cache?: PersistentCacheOptions
  /** For each check, in seconds; all run at once. Default 10. */
  timeoutSeconds?: number
  /** Ends the checks: rejects with its reason. */
  signal?: AbortSignal
}

/** The machine that is looked at. Tests hand in another one. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  /** Where its file system begins. */
  readonly root: string
  /** Default: the addon of this package. */
  readonly addon?: LoadedAddon
}

/** What a check resolves with; whoever runs it adds the name. */
export interface Finding extends Omit<Diagnosis, 'check'> {
  /** What to do where the flow cannot do without; others can, so that it is `ok` for them. */
  readonly lacking?: string
}

/** A check. What it rejects with becomes a finding that is not ok. */
export type Check = () => Finding | Promise<Finding>
