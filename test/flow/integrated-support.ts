/** What the tests of integrated Windows authentication share: an application whose system says who is signed in. */
import type { TestContext } from 'node:test'
import type { Configuration, IntegratedWindowsAuthRequest, PublicClientApplication } from 'latchkey'
import type { RecordedRequest, Tenant } from 'latchkey/emulator'
import { FakeClock } from '../fakes/fake-clock.js'
import { FakeNegotiate } from '../fakes/fake-negotiate.js'
import { SCOPES, type Stage } from './support.js'

/** An application on a system of the test's own. */
export interface WindowsSubject {
  app: PublicClientApplication
  native: FakeNegotiate
  clock: FakeClock
  signIn(request?: Partial<IntegratedWindowsAuthRequest>): ReturnType<PublicClientApplication['acquireTokenSilent']>
}

/** Messages to a federation server say when they were written, so it is today for the application too. */
export function windowsSubject(
  stage: Stage,
  t: TestContext,
  configuration: Partial<Configuration> = {},
  native = new FakeNegotiate(),
): WindowsSubject {
  const clock = new FakeClock(new Date())
  const { app } = stage.application(t, configuration, clock, native.addon)
  const signIn: WindowsSubject['signIn'] = request =>
    app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES, ...request })
  return { app, native, clock, signIn }
}

/** What was asked for, as `GET mex` and `POST 13/windowstransport 401`. */
export function asked({ requests }: Tenant): string[] {
  return requests.map(nameOf)
}

function nameOf({ method, path, status }: RecordedRequest): string {
  const short = /(userrealm|mex|\d+\/(?:windowstransport|usernamemixed)|token)(?=\/[^/]*$|$)/.exec(path)?.[1] ?? path
  return `${method} ${short}${short.includes('windows') ? ` ${status}` : ''}`
}
