/** Arguments that no TypeScript would let through: every function of the addon refuses them, or answers with a failure of its own. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import { exceptOnWindows, temporaryFolder } from '../support/machine.js'

// Nobody's keyring and nobody's windows are to be met here.
process.env.DBUS_SESSION_BUS_ADDRESS = 'unix:path=/nonexistent'
delete process.env.DISPLAY
delete process.env.WAYLAND_DISPLAY

const addon = loadNativeAddon()
const THROWN = new Error('from a getter')
const CODES =
  /^(NOT_FOUND|DENIED|FAILED|UNAVAILABLE|NO_CREDENTIALS|EXPIRED|UNKNOWN_SERVICE|UNREACHABLE|INVALID_HANDLE|TIMEOUT|LOCKED|NO_SERVICE|NO_PROVIDER|NO_COLLECTION|BUSY)$/

function detached(): Uint8Array {
  const bytes = new Uint8Array(16)
  structuredClone(bytes, { transfer: [bytes.buffer] })
  return bytes
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const throwing = () =>
  new Proxy(
    {},
    {
      get() {
        throw THROWN
      },
      ownKeys() {
        throw THROWN
      },
    },
  )

/** Made anew for each use, since some of them can be used once only. */
const HOSTILE: (() => unknown)[] = [
  () => undefined,
  () => null,
  () => Number.NaN,
  () => Number.NEGATIVE_INFINITY,
  () => -1,
  () => 0.5,
  () => 2 ** 53,
  () => -1n,
  () => 0n,
  () => 2n ** 63n,
  () => 2n ** 64n,
  () => 2n ** 4096n,
  () => '',
  () => 'a\0b',
  () => '\ud800',
  () => '%s%n%s%n',
  () => '/@'.repeat(50),
  () => 'x'.repeat(100_000),
  () => true,
  () => Symbol('s'),
  () => () => 1,
  () => [],
  () => ({}),
  () => Object.create(null),
  () => new Date(Number.NaN),
  () => new Uint8Array(),
  () => new Uint8Array(100_000),
  () => new Uint8Array(new SharedArrayBuffer(8)),
  () => new Uint8Array(new ArrayBuffer(8), 8),
  () => detached(),
  () => new Uint16Array(3),
  () => new DataView(new ArrayBuffer(3)),
  () => Buffer.from('abc'),
  () => revoked(),
  () => throwing(),
]

/** Which arguments, or which fields of them, are something else; which of {@link HOSTILE}, for fast-check cannot print them. */
const plan = fc.record({
  damages: fc.array(fc.record({ at: fc.nat(), field: fc.option(fc.nat()), put: fc.nat({ max: HOSTILE.length - 1 }) }), {
    maxLength: 3,
  }),
  change: fc.constantFrom('one less', 'one more', ...Array(8).fill('none')),
})

function damage(right: readonly unknown[], { damages, change }: typeof plan extends fc.Arbitrary<infer P> ? P : never) {
  const args = [...right]
  for (const { at, field, put } of damages) {
    const index = at % args.length
    const argument = args[index]
    const names =
      field === null || argument !== right[index] || argument?.constructor !== Object ? [] : Object.keys(argument)
    const name = names[(field ?? 0) % Math.max(names.length, 1)]
    const value = HOSTILE[put]?.()
    args[index] = name === undefined ? value : { ...(argument as object), [name]: value }
  }
  if (change === 'one less') args.pop()
  if (change === 'one more') args.push(undefined)
  return args
}

/** Calls it. Resolves with what it answered, `undefined` for a refusal. */
async function call(object: unknown, name: string, args: unknown[]): Promise<unknown> {
  let answer: unknown
  try {
    answer = (object as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args)
  } catch (error) {
    assert(error === THROWN || error instanceof TypeError, String(error))
    return undefined
  }
  assert(answer instanceof Promise)
  try {
    return await answer
  } catch (error) {
    const { code, call, status, minorStatus } = error as Record<string, unknown>
    assert.match(String(code), CODES)
    assert(typeof call === 'string' && typeof status === 'number' && typeof minorStatus === 'number')
    return undefined
  }
}

async function holds(object: unknown, name: string, right: readonly unknown[], end?: (answer: unknown) => unknown) {
  await fc.assert(
    fc.asyncProperty(plan, async plan => void (await end?.(await call(object, name, damage(right, plan))))),
    { numRuns: 300 },
  )
}

describe('arguments of', () => {
  test('the file lock', async t => {
    const folder = await temporaryFolder(t)
    const path = join(folder, 'lock')
    const { tryAcquire } = requireCapability(addon, 'fileLock') as unknown as Record<
      string,
      (...args: unknown[]) => unknown
    >
    // A text is a file in the folder, whatever it is.
    const inFolder = (first: unknown, ...rest: unknown[]) =>
      tryAcquire?.(typeof first === 'string' && first !== path ? `${path}/${first}` : first, ...rest)
    await holds({ inFolder }, 'inFolder', [path, '1 me', ''], answer =>
      (answer as { handle?: { release(): unknown } } | undefined)?.handle?.release(),
    )
    assert.deepEqual(await readdir(folder), [])
  })

  test('conversations', async () => {
    const negotiate = requireCapability(addon, 'negotiate')
    const credentials = {
      clientKeytab: 'FILE:/nonexistent/keytab',
      credentialCache: 'FILE:/nonexistent/cache',
      principal: '',
      username: '',
      domain: '',
      password: new Uint8Array(),
    }
    const target = {
      servicePrincipalName: 'HTTP/localhost',
      channelBindings: new Uint8Array(4),
      allowNtlm: false,
      credentials,
    }
    await holds(negotiate, 'inspect', [credentials])
    await holds(negotiate, 'currentUser', [credentials])
    await holds(negotiate, 'open', [target])
  })

  test('the store of secrets', exceptOnWindows('store of secrets'), async () => {
    const secretStore = requireCapability(addon, 'secretStore')
    const item = {
      service: 'latchkey test',
      account: 'nobody',
      schema: 'latchkey.test',
      matchSchema: true,
      attributes: { a: 'b' },
      collection: 'default',
      contentType: 'text/plain',
    }
    await holds(secretStore, 'get', [item, 200])
    await holds(secretStore, 'set', [item, new Uint8Array(8), 'a label', 200])
    await holds(secretStore, 'delete', [item, 200])
  })

  test('windows', async () => {
    const parentWindow = requireCapability(addon, 'parentWindow')
    await holds(parentWindow, 'inspect', [1n])
    await holds(parentWindow, 'find', [process.pid])
    await holds(parentWindow, 'own', [1n, 2n])
    await holds(parentWindow, 'activate', [1n])
  })
})
