/** What the tests of sign-ins over a federation server share: an application whose system says who is signed in. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  AuthError,
  ClientError,
  type Configuration,
  type IntegratedWindowsAuthRequest,
  type InteractionClassification,
  InteractionRequiredError,
  type PublicClientApplication,
  ServiceError,
} from 'latchkey'
import type { RecordedRequest, ScenarioPatch, Tenant } from 'latchkey/emulator'
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

/** One way to fail, and what it has to look like. */
export interface ErrorRow {
  scenario?: ScenarioPatch
  request?: Partial<IntegratedWindowsAuthRequest>
  authority?: string
  system?: (native: FakeNegotiate) => void
  /** Default ClientError. */
  type?: typeof ClientError | typeof ServiceError | typeof InteractionRequiredError
  code: string
  message?: RegExp
  hint: RegExp
  /** The code and status of the error behind it. */
  cause?: [string, number]
  classification?: InteractionClassification
  errorCodes?: number[]
  /** What was asked for, in the end. Default: whatever. */
  requests?: string[]
}

/** A sign-in over a federation server: by default the Windows user's. */
type SignIn = (subject: WindowsSubject, row: ErrorRow) => Promise<unknown>

const asWindowsUser: SignIn = ({ signIn }, { request }) => signIn(request)

/** Fails in this way. */
export async function errorOf(
  stage: Stage,
  t: TestContext,
  row: ErrorRow,
  signIn: SignIn = asWindowsUser,
): Promise<AuthError> {
  const { tenant } = stage
  const authority = row.authority === undefined ? tenant.authority : `${tenant.origin}/${row.authority}`
  const subject = windowsSubject(stage, t, { authority })
  const { app, native } = subject
  tenant.scenario(row.scenario ?? {})
  row.system?.(native)
  const error = await signIn(subject, row).catch((refusal: unknown) => refusal)
  assert.ok(error instanceof AuthError, String(error))
  assert.equal(native.unclosed, 0, 'every conversation was closed')
  assert.deepEqual(await app.getAccounts(), [])
  return error
}

/** One test a row. */
export function testRows(stage: Stage, rows: Record<string, ErrorRow>, signIn?: SignIn): void {
  const { tenant } = stage
  for (const [name, row] of Object.entries(rows)) {
    test(`${name}: ${row.code}`, async t => {
      const error = await errorOf(stage, t, row, signIn)
      const { type = ClientError } = row
      assert.equal(error.code, row.code, error.message)
      assert.ok(error instanceof type, error.name)
      assert.equal(error instanceof InteractionRequiredError, type === InteractionRequiredError)
      if (row.message) assert.match(error.message, row.message)
      assert.match(error.hint, row.hint)
      assert.match(error.correlationId ?? '', /^[0-9a-f-]{36}$/)
      if (row.cause) {
        assert.ok(error.cause instanceof ServiceError)
        assert.deepEqual([error.cause.code, error.cause.status], row.cause)
      }
      if (row.classification) assert.equal((error as InteractionRequiredError).classification, row.classification)
      if (row.errorCodes) assert.deepEqual((error as ServiceError).errorCodes, row.errorCodes)
      if (row.requests) assert.deepEqual(asked(tenant), row.requests)
      const posts = asked(tenant).filter(line => /^POST 13\/(windowstransport 200|usernamemixed)$/.test(line))
      assert.ok(posts.length <= 1, 'a user is not put before the server twice')
    })
  }
}
