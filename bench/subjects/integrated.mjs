/** Whole integrated sign-ins by this library, on command: a line of JSON in, one out. ../dotnet/Integrated.cs speaks the same, but for `lag`. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { PublicClientApplication } from 'latchkey'
import { loadNativeAddon, requireCapability } from '../../dist/native/addon.js'
import { FakeNegotiate } from '../../dist-test/fakes/fake-negotiate.js'

const SCOPES = ['User.Read']

let settings
/** What stands in for the addon; undefined: the addon itself. */
let native
let app

function open() {
  const { clientId, authority } = settings
  const knownAuthorities = [new URL(authority).host]
  return new PublicClientApplication({ clientId, authority, knownAuthorities }, native && { native })
}

async function signIn() {
  const { username } = settings
  const result = await app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES, username })
  if (result.account.username !== username) throw new Error(`that was ${result.account.username}`)
}

/** The addon with its first token written down. */
function recording(addon) {
  const negotiate = requireCapability(addon, 'negotiate')
  const record = {}
  const open = async target => {
    const context = await negotiate.open(target)
    const step = async input => {
      const taken = await context.step(input)
      record.token ??= taken.output
      return taken
    }
    return { step, close: () => context.close() }
  }
  return { record, addon: { ...addon, negotiate: { ...negotiate, open } } }
}

/**
 * An addon that shows the same token over and over, so that the servers have the same work as with the real one, and
 * believes the server at once. Nothing in it takes time.
 */
function replaying(addon, token) {
  const first = { output: token, complete: false, mechanism: 'kerberos', mutual: false }
  const second = { output: new Uint8Array(), complete: true, mechanism: 'kerberos', mutual: true }
  const open = async () => ({ step: async input => (input.length === 0 ? first : second), close: () => undefined })
  return { ...addon, negotiate: { ...addon.negotiate, open } }
}

async function median(times, act) {
  const taken = []
  for (let time = 0; time < times; time++) taken.push(await act())
  return { p50Us: taken.toSorted((a, b) => a - b)[times >> 1] * 1000 }
}

async function timed(act) {
  const started = performance.now()
  await act()
  return performance.now() - started
}

const addons = {}
const commands = {
  load(command) {
    settings = command
    if (command.ntlm) {
      native = Object.assign(new FakeNegotiate(), { user: command.username, mechanism: 'ntlm' }).addon
    }
    return {}
  },

  /** Another application, that knows nothing yet. */
  async open() {
    await app?.close()
    app = open()
    return {}
  },

  /** Sign-ins with the application that there is. */
  again: ({ times }) => median(times, () => timed(signIn)),

  /** Sign-ins, each with an application of its own. */
  first: ({ times }) =>
    median(times, async () => {
      await commands.open()
      return timed(signIn)
    }),

  /** How long the event loop is held up while so many sign-ins are under way, with the addon or without. */
  async lag({ signIns, isFake }) {
    if (addons.real === undefined) {
      const { record, addon } = recording(loadNativeAddon())
      native = addon
      await commands.first({ times: 1 })
      addons.real = loadNativeAddon()
      addons.fake = replaying(addons.real, record.token)
    }
    native = isFake ? addons.fake : addons.real
    await commands.open()
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const wallMs = await timed(() => Promise.all(Array.from({ length: signIns }, signIn)))
    delay.disable()
    return { wallMs, p50Ms: delay.percentile(50) / 1e6, p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...command } = JSON.parse(line)
  const answer = await (async () => commands[name](command))().catch(error => ({ error: error.stack }))
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
await app?.close()
