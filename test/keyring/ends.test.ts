/** Providers that end, refuse or answer nonsense at every step of the protocol: a call says so at once, and nothing else happens. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Scope, soak } from '../support/machine.js'
import { Program } from '../support/program.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { KeePassXc } from './support/keepassxc.js'
import { withKeyrings } from './support/needs.js'
import { startProvider } from './support/provider.js'
import { SessionBus } from './support/session-bus.js'

/** Far less than a call may take, so that one that nobody ends is noticed. */
const SOON_MS = 10_000

/** A program of its own makes the calls, because what this is about would end it, or be on its standard error. */
class Caller {
  readonly #program: Program

  constructor(scope: Scope, bus: SessionBus) {
    this.#program = Program.nodeIn(scope, bus.env, new URL('programs/calls.js', import.meta.url))
  }

  /** How the call ended. */
  async call(line: string): Promise<string> {
    this.#program.send(line)
    const [ms = '', ...ended] = (await this.#program.line()).split(' ')
    assert.ok(Number(ms) < SOON_MS, `${line}: ${ms} ms, ${ended}`)
    return ended.join(' ')
  }

  /** It ends well, and has said nothing. */
  async end({ says = /^$/ } = {}): Promise<void> {
    this.#program.process.stdin?.end()
    await this.#program.ended()
    assert.match(this.#program.errors, says)
  }
}

/** What a provider is, the call, the steps that it takes there, and how it ends when the last of them is done. */
const WAYS: readonly { words: string[]; call: 'get' | 'set' | 'delete'; steps: string[]; after: string }[] = [
  { words: [], call: 'get', steps: ['SearchItems', 'OpenSession', 'GetSecret'], after: 'value' },
  { words: ['locked'], call: 'get', steps: ['Unlock', 'Prompt'], after: 'NO_PROVIDER' },
  { words: ['locked', 'empty'], call: 'get', steps: ['ReadAlias', 'Unlock'], after: 'NO_PROVIDER' },
  { words: [], call: 'set', steps: ['SearchItems', 'ReadAlias', 'OpenSession', 'SetSecret'], after: 'undefined' },
  { words: ['empty'], call: 'set', steps: ['SearchItems', 'OpenSession', 'CreateItem'], after: 'undefined' },
  { words: ['empty', 'prompts'], call: 'set', steps: ['CreateItem', 'Prompt'], after: 'NO_PROVIDER' },
  { words: [], call: 'delete', steps: ['SearchItems', 'Delete'], after: 'true' },
  { words: ['locked'], call: 'delete', steps: ['SearchItems', 'Unlock', 'Prompt'], after: 'NO_PROVIDER' },
  { words: ['prompts'], call: 'delete', steps: ['Delete', 'Prompt'], after: 'NO_PROVIDER' },
]

describe('a provider', withKeyrings, () => {
  for (const { words, call, steps, after } of WAYS) {
    const name = [...words, call].join(' ')
    test(`that goes wrong at any step of it fails this call and the next provider answers: ${name}`, async t => {
      const bus = await SessionBus.start(t)
      const caller = new Caller(t, bus)
      const goWrong = async (step: string, fault: string) => {
        const provider = await startProvider(bus, ...words, `${step}:${fault}`)
        const ended = await caller.call(call)
        await provider.kill()
        return ended
      }
      for (const step of steps) {
        const last = step === steps.at(-1)
        assert.equal(await goWrong(step, 'die'), 'NO_PROVIDER', step)
        assert.equal(await goWrong(step, 'leave'), last ? after : 'NO_PROVIDER', step)
        assert.equal(await goWrong(step, 'nonsense'), 'FAILED', step)
        assert.equal(await goWrong(step, 'refuse'), 'FAILED', step)
      }
      await startProvider(bus)
      assert.equal(await caller.call('get'), 'value')
      await caller.end()
    })
  }

  test('whose dialog is dismissed has done nothing, whatever result it has', async t => {
    const bus = await SessionBus.start(t)
    const caller = new Caller(t, bus)
    for (const [words, call, ended] of [
      [['locked'], 'get', 'LOCKED'],
      [['empty', 'prompts'], 'set', 'DENIED'],
      [['prompts'], 'delete', 'DENIED'],
    ] as const) {
      const provider = await startProvider(bus, ...words, 'Completed:dismissed')
      assert.equal(await caller.call(call), ended)
      await provider.kill()
    }
    await caller.end()
  })

  test('whose dialog ends with a result of another type, or with none, fails at once', async t => {
    const bus = await SessionBus.start(t)
    const caller = new Caller(t, bus)
    for (const [words, call] of [
      [['locked'], 'get'],
      [['empty', 'prompts'], 'set'],
    ] as const) {
      for (const fault of ['untyped', 'nonsense']) {
        const provider = await startProvider(bus, ...words, `Completed:${fault}`)
        assert.equal(await caller.call(call), 'FAILED', fault)
        await provider.kill()
      }
    }
    // libsecret and GLib each say what is wrong with such a signal, and that is all they say.
    await caller.end({ says: /^(?:\s*\(process:\d+\): (?:libsecret|GLib-GIO)-WARNING \*\*: .+ of type \(i\).*\n)+$/ })
  })

  test('may tell of new collections and items without having told of any', async t => {
    const bus = await SessionBus.start(t)
    const caller = new Caller(t, bus)
    const provider = await startProvider(bus, 'bare', 'empty', 'locked')
    assert.equal(await caller.call('get'), 'undefined')
    await provider.kill()
    await startProvider(bus, 'bare')
    assert.deepEqual([await caller.call('get'), await caller.call('set')], ['value', 'undefined'])
    await caller.end()
  })
})

describe('a provider that lists an item twice', withKeyrings, () => {
  for (const words of [[], ['locked'], ['prompts']]) {
    test(`is one that has it: ${words.join(' ') || 'as it is'}`, async t => {
      const bus = await SessionBus.start(t)
      const caller = new Caller(t, bus)
      for (const [call, ended] of [
        ['get', 'value'],
        ['set', 'undefined'],
        ['delete', 'true'],
      ] as const) {
        const provider = await startProvider(bus, 'twice', ...words)
        assert.equal(await caller.call(call), ended, call)
        await provider.kill()
      }
      await caller.end()
    })
  }
})

describe('a provider that is killed at any moment of four calls', withKeyrings, () => {
  for (const [name, start] of [
    ['gnome-keyring', (t: Scope) => GnomeKeyring.start(t)],
    ['KeePassXC', (t: Scope) => KeePassXc.start(t)],
  ] as const) {
    test(`is no provider any more, and the next one answers: ${name}`, async t => {
      const keyring = await start(t)
      const caller = new Caller(t, keyring.bus)
      for (let round = 0; round < soak(150); round++) {
        const ended = await caller.call(`storm ${keyring.pid} ${Math.round(Math.random() * 40)}`)
        assert.match(ended, /^(?:(?:undefined|value|true|false|NO_PROVIDER)(?: |$))+$/)
        await keyring.resume()
      }
      await caller.end()
    })
  }
})
