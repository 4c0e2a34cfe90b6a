/** The other clients: how each is started, and what its environment says when it is to find the emulator. */
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { BrowserUser, Person } from './browser-user.js'
import { builtPeer } from './dotnet-build.js'
import type { Job, Outcome, StepResult } from './job.js'
import { runProgram } from './run-program.js'
import type { Place } from './stage.js'

export interface Peer {
  name: string
  /** The command that reads a job and writes an outcome. */
  program(): Promise<[command: string, ...args: string[]]>
  /** How this client is told of the CA where nothing but the environment tells it. */
  trust(caFile: string): NodeJS.ProcessEnv
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

export const msalNode: Peer = {
  name: 'msal-node',
  program: async () => [process.execPath, here('../programs/msal-node-peer.js')],
  trust: caFile => ({ NODE_EXTRA_CA_CERTS: caFile }),
}

export const msalPython: Peer = {
  name: 'MSAL Python',
  // Debian's own, which has msal; another one may come first on the PATH.
  program: async () => ['/usr/bin/python3', here('../../../test/third-party/python/msal_python_peer.py')],
  trust: caFile => ({ REQUESTS_CA_BUNDLE: caFile }),
}

export const msalNet: Peer = {
  name: 'MSAL.NET',
  program: async () => ['dotnet', await builtPeer()],
  trust: caFile => ({ SSL_CERT_FILE: caFile }),
}

/** A {@link Job} without what the place tells. `user` is who sits in front of the browser. */
export interface Assignment extends Omit<Job, 'known' | 'caFile'> {
  user?: Person
  /** How long the person takes to approve a device code. Default: no time. */
  deviceDelayMs?: number
  /** In addition to what the client's environment says anyway. */
  env?: NodeJS.ProcessEnv
}

/**
 * Has the client do a job. An authority at the emulator's own origin is reached directly, any other one through the
 * proxy, with nothing configured in the client.
 *
 * @throws {Error} – the client ended with an error or not in time; the message has its output.
 */
export async function runPeer(peer: Peer, place: Place, assignment: Assignment): Promise<Outcome> {
  const { user, deviceDelayMs = 0, env, ...job } = assignment
  const known = job.authority.startsWith(`${place.origin}/`)
  const [command, ...args] = await peer.program()
  const stdout = await runProgram({
    name: peer.name,
    command,
    args,
    env: {
      ...inherited(),
      ...(known ? {} : { HTTPS_PROXY: place.proxyUrl, NO_PROXY: 'localhost,127.0.0.1' }),
      ...peer.trust(place.caFile),
      ...(user && browserEnvironment(place, user)),
      TEST_DEVICE_DELAY_MS: String(deviceDelayMs),
      ...env,
    },
    stdin: JSON.stringify({ ...job, known, caFile: place.caFile } satisfies Job),
    timeoutMs: 90_000,
  })
  try {
    return JSON.parse(stdout) as Outcome
  } catch (cause) {
    throw new Error(`${peer.name} wrote no outcome but: ${stdout}`, { cause })
  }
}

/** The token of a step, which must have worked. */
export function tokenIn(outcome: Outcome, step: number): StepResult & { accessToken: string } {
  const result = outcome.results[step]
  assert.ok(result, `there is no step ${step}`)
  assert.equal(result.error, undefined, `step ${step}: ${result.error}: ${result.message}`)
  const { accessToken } = result
  assert.ok(accessToken, `step ${step} gave no access token: ${JSON.stringify(result)}`)
  return { ...result, accessToken }
}

/** No more than a program needs, so that a proxy or a CA of this machine does not help or hinder. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, NODE_V8_COVERAGE } = process.env
  const found = Object.entries({ PATH, HOME, TMPDIR, NODE_V8_COVERAGE }).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(found), LANG: 'C.UTF-8', DOTNET_CLI_TELEMETRY_OPTOUT: '1' }
}

function browserEnvironment({ caFile, origin }: Place, user: Person): NodeJS.ProcessEnv {
  const { username, password, otc } = user
  const browser = [process.execPath, here('../programs/system-browser.js')]
  return {
    TEST_BROWSER: JSON.stringify(browser),
    TEST_DEVICE_PERSON: JSON.stringify([process.execPath, here('../programs/device-person.js')]),
    // Python waits for the browser to end before it listens, unless the command ends like this.
    BROWSER: `${browser.map(part => `'${part}'`).join(' ')} %s &`,
    TEST_BROWSER_USER: JSON.stringify({
      username,
      password,
      ...(otc !== undefined && { otc }),
      caFile,
      origin,
    } satisfies BrowserUser),
  }
}
