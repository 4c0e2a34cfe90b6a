/** The addon's store, items to try it with, and the system's own tool to compare it with. */
import assert from 'node:assert/strict'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import type { NativeFailureCode, SecretItem } from '#lib/native/contract.js'
import type { SessionBus } from './session-bus.js'

const store = requireCapability(loadNativeAddon(), 'secretStore')

/** Long enough for a busy machine. */
export const PATIENCE_MS = 30_000

/** An item as MSAL.NET's extensions make them. */
export function item(changes: Partial<SecretItem> = {}): SecretItem {
  return {
    service: '',
    account: '',
    schema: 'com.contoso.tokencache',
    matchSchema: false,
    attributes: { Version: '1', ProductGroup: 'Contoso' },
    collection: 'default',
    contentType: 'text/plain',
    ...changes,
  }
}

export const get = (which: SecretItem, timeoutMs = PATIENCE_MS) => store.get(which, timeoutMs)
export const remove = (which: SecretItem, timeoutMs = PATIENCE_MS) => store.delete(which, timeoutMs)
export const set = (which: SecretItem, secret: string | Uint8Array, timeoutMs = PATIENCE_MS) =>
  store.set(which, Buffer.from(secret), 'a label', timeoutMs)

/** The text that is stored, or `undefined`. */
export async function getText(which: SecretItem): Promise<string | undefined> {
  const secret = await get(which)
  return secret && Buffer.from(secret).toString()
}

/** For `assert.rejects`. */
export function failsWith(code: NativeFailureCode) {
  return (error: unknown) => {
    assert(error instanceof Error)
    assert.equal((error as { code?: unknown }).code, code, error.message)
    return true
  }
}

/** What `secret-tool` of libsecret does and says. */
export async function secretTool(bus: SessionBus, args: string[], input = ''): Promise<string> {
  const program = bus.start('secret-tool', args)
  // One that reads nothing may have ended by now; how it ended is looked at below.
  program.process.stdin?.on('error', () => {}).end(input)
  const [output] = await Promise.all([program.rest(), program.ended()])
  return output
}

/** Ten calls under way together get the answer to their own question each. */
export async function assertAnswersTenAtOnce({ changesInTurn = false } = {}): Promise<void> {
  const items = Array.from({ length: 10 }, (_, i) => item({ attributes: { number: `${i}` } }))
  const all = async <T>(change: (which: SecretItem, index: number) => Promise<T>): Promise<T[]> => {
    if (!changesInTurn) return Promise.all(items.map(change))
    const done: T[] = []
    for (const [index, which] of items.entries()) done.push(await change(which, index))
    return done
  }
  await all((which, index) => set(which, `secret ${index}`))
  assert.deepEqual(
    await Promise.all(items.map(getText)),
    items.map((_, i) => `secret ${i}`),
  )
  assert.deepEqual(
    await all(which => remove(which)),
    items.map(() => true),
  )
}
