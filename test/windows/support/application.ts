/** Applications for whole sign-ins in Windows, by what is really there: the system's clock, and the addon unless it is given. */
import type { TestContext } from 'node:test'
import {
  AuthError,
  type AuthenticationResult,
  type Configuration,
  type IntegratedWindowsAuthRequest,
  type ProxyOptions,
  PublicClientApplication,
} from 'latchkey'
import type { Tenant } from 'latchkey/emulator'
import type { ServiceOverrides } from '#lib/app/services.js'
import { type LoadedAddon, loadNativeAddon } from '#lib/native/addon.js'
import type { NegotiateCredentials } from '#lib/native/contract.js'
import { NOTHING, negotiate } from './negotiate.js'

/** The second parameter is not in the public types. */
const Application = PublicClientApplication as new (
  configuration: Configuration,
  overrides: ServiceOverrides,
) => PublicClientApplication

type Request = Omit<IntegratedWindowsAuthRequest, 'scopes'>

/** Wine knows no user principal name, so that the caller has to. */
export const JOE: Request = { username: 'joe@contoso.com' }

/** One application of the tenant, which ends with the test; `native` takes the place of the addon. */
export function application(
  t: TestContext,
  tenant: Tenant,
  native?: LoadedAddon,
  proxy: string | false | ProxyOptions = false,
): PublicClientApplication {
  const { clientId, authority, caPem: ca } = tenant
  const knownAuthorities = [new URL(authority).host]
  const configuration = { clientId, authority, knownAuthorities, http: { ca, proxy } }
  const app = new Application(configuration, { ...(native && { native }) })
  t.after(() => app.close())
  return app
}

/**
 * The addon, but without channel bindings, with which Wine's NTLM refuses its own first message, and with credentials of the
 * test's own, which a request cannot name.
 */
export function withoutBindings(own: Partial<NegotiateCredentials> = {}): LoadedAddon {
  return {
    ...loadNativeAddon(),
    negotiate: {
      currentUser: credentials => negotiate.currentUser(credentials),
      inspect: credentials => negotiate.inspect(credentials),
      open: target => {
        const credentials = { ...target.credentials, ...own }
        return negotiate.open({ ...target, credentials, channelBindings: NOTHING })
      },
    },
  }
}

/** Signs in as `joe`, or as it is said. */
export function signIn(app: PublicClientApplication, request = JOE): Promise<AuthenticationResult> {
  return app.acquireTokenByIntegratedWindowsAuth({ scopes: ['User.Read'], ...request })
}

/** The error that a sign-in ends with. */
export async function errorOf(app: PublicClientApplication, request = JOE): Promise<AuthError> {
  const error = await signIn(app, request).catch((failure: unknown) => failure)
  if (error instanceof AuthError) return error
  throw error
}
