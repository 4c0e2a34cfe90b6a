/** The callbacks around accesses to the cache: their order, what they are told, and what their errors do. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'
import type { TokenCacheNotificationArgs } from 'latchkey'
import type { CacheEdit } from '#lib/cache/cache-edit.js'
import type { CacheStore } from '#lib/cache/cache-store.js'
import type { CacheView } from '#lib/cache/cache-view.js'
import { ALICE, after, BOB, inPublicCloud, NOW, SlowPersistence, store, TENANT, tokensOf } from './support.js'

const countOf = (view: CacheView): number => view.accounts(inPublicCloud).length
const saving = (home: string) => (edit: CacheEdit) => edit.saveTokens(tokensOf(home))

/** Notes every callback with what it is told of the state; `slow` ones take a while. */
function noteCallbacks(
  { tokenCache }: CacheStore,
  isSlow = false,
): { events: string[]; args: TokenCacheNotificationArgs[] } {
  const events: string[] = []
  const args: TokenCacheNotificationArgs[] = []
  const note = (name: string) => (given: TokenCacheNotificationArgs) => {
    args.push(given)
    events.push(`${name} ${given.hasStateChanged}`)
    return isSlow ? delay(2).then(() => void events.push(`end of ${name}`)) : undefined
  }
  tokenCache.setBeforeAccess(note('beforeAccess'))
  tokenCache.setBeforeWrite(note('beforeWrite'))
  tokenCache.setAfterAccess(note('afterAccess'))
  return { events, args }
}

describe('callbacks of the token cache', () => {
  it('come before and after a look-up, which has changed nothing', async () => {
    const made = store()
    const { events } = noteCallbacks(made)
    assert.equal(await made.read(countOf), 0)
    assert.deepEqual(events, ['beforeAccess false', 'afterAccess false'])
  })

  it('come around a change, which is made between beforeWrite and afterAccess', async () => {
    const made = store()
    const { events } = noteCallbacks(made)
    await made.update(edit => {
      events.push('change')
      saving(ALICE)(edit)
    })
    assert.deepEqual(events, ['beforeAccess false', 'beforeWrite true', 'change', 'afterAccess true'])
  })

  it('hear that nothing was changed when there was nothing to change', async () => {
    const made = store()
    const { events } = noteCallbacks(made)
    await made.update(edit => edit.removeAccount({ homeAccountId: BOB, ...inPublicCloud }))
    assert.equal(events.at(-1), 'afterAccess false')
  })

  it('are waited for, one access after the other', async () => {
    const made = store()
    const { events } = noteCallbacks(made, true)
    await Promise.all([made.update(saving(ALICE)), made.read(countOf), made.update(saving(BOB))])
    const write = ['beforeAccess false', 'end of beforeAccess', 'beforeWrite true', 'end of beforeWrite']
    const end = (changed: boolean) => [`afterAccess ${changed}`, 'end of afterAccess']
    assert.deepEqual(events, [
      ...write,
      ...end(true),
      ...['beforeAccess false', 'end of beforeAccess'],
      ...end(false),
      ...write,
      ...end(true),
    ])
  })

  it('are told who asks and for what', async () => {
    const made = store()
    const { args } = noteCallbacks(made)
    const account = { homeAccountId: ALICE, localAccountId: '', environment: '', tenantId: TENANT, username: 'alice' }
    const request = { correlationId: 'c', scopes: ['User.Read'], tenantId: TENANT }
    const { signal } = new AbortController()
    await made.read(countOf, { account, homeAccountId: ALICE, request, signal })
    const { tokenCache, hasTokens, suggestedCacheExpiry, ...told } = args[0] as TokenCacheNotificationArgs
    assert.equal(tokenCache, made.tokenCache)
    assert.equal(hasTokens, false)
    assert.equal(suggestedCacheExpiry, undefined)
    assert.deepEqual(told, {
      clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
      account,
      hasStateChanged: false,
      isApplicationCache: false,
      suggestedCacheKey: ALICE,
      correlationId: 'c',
      requestScopes: ['User.Read'],
      requestTenantId: TENANT,
      signal,
    })
  })

  it('are told when the entry may go only after a change that leaves no refresh token', async () => {
    const made = store()
    const { args } = noteCallbacks(made)
    const last = () => args.at(-1) as TokenCacheNotificationArgs
    const save = (home: string, seconds: number, refreshToken?: string) =>
      made.update(edit => edit.saveTokens(tokensOf(home, { expiresOn: after(seconds), refreshToken })))
    await save(ALICE, 299)
    assert.deepEqual([last().hasTokens, last().suggestedCacheExpiry], [false, undefined])
    await save(ALICE, 3600)
    await save(BOB, 1800)
    assert.equal(last().hasTokens, true)
    assert.equal(last().suggestedCacheExpiry?.getTime(), (NOW + 3600) * 1000)
    assert.equal(args.at(-2)?.suggestedCacheExpiry, undefined)
    await made.read(countOf)
    assert.equal(last().suggestedCacheExpiry, undefined)
    await save(BOB, 1800, 'refresh-token')
    assert.deepEqual([last().hasTokens, last().suggestedCacheExpiry], [true, undefined])
  })

  it('load before the look-up and save after the change', async () => {
    const stored = new Map<string, Uint8Array>()
    const attach = (made: CacheStore): CacheStore => {
      made.tokenCache.setBeforeAccess(async args => {
        await turn()
        args.tokenCache.deserializeMsalV3(stored.get('it'), { shouldClearExisting: true })
      })
      made.tokenCache.setAfterAccess(async args => {
        await turn()
        if (args.hasStateChanged) stored.set('it', args.tokenCache.serializeMsalV3())
      })
      return made
    }
    const [one, two] = [attach(store()), attach(store())]
    await Promise.all([one.update(saving(ALICE)), one.update(saving(BOB))])
    assert.equal(await two.read(countOf), 2)
    await two.update(edit => edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud }))
    assert.equal(await one.read(countOf), 1)
  })

  it('are replaced one by one, and leave a cache that answers at once when they are gone', async () => {
    const made = store()
    const { events } = noteCallbacks(made)
    made.tokenCache.setBeforeAccess(() => void events.push('other'))
    made.tokenCache.setAfterAccess(undefined)
    await made.read(countOf)
    assert.deepEqual(events, ['other'])
    made.tokenCache.setBeforeAccess(undefined)
    made.tokenCache.setBeforeWrite(undefined)
    assert.equal(made.read(countOf), 0)
    assert.throws(() => made.tokenCache.setAfterAccess('callback' as never), { code: 'invalid_configuration' })
  })

  it('that set others are followed by those that were set when the access began', async () => {
    const made = store()
    const { events } = noteCallbacks(made)
    made.tokenCache.setBeforeAccess(() => made.tokenCache.setAfterAccess(undefined))
    await made.read(countOf)
    assert.deepEqual(events, ['afterAccess false'])
  })
})

describe('a callback that fails', () => {
  for (const name of ['setBeforeAccess', 'setBeforeWrite', 'setAfterAccess'] as const) {
    for (const isAsync of [false, true]) {
      it(`rejects a change unchanged, which stays in memory (${name}, ${isAsync ? 'async' : 'sync'})`, async () => {
        const made = store()
        const failure = { not: 'even an Error' }
        made.tokenCache[name](() => {
          if (isAsync) return Promise.reject(failure)
          throw failure
        })
        await assert.rejects(made.update(saving(ALICE)), thrown => thrown === failure)
        made.tokenCache[name](undefined)
        assert.equal(await made.read(countOf), 1)
      })
    }
  }

  it('is followed by afterAccess, which may have a lock to let go, and hears of no change', async () => {
    const made = store()
    const { events } = noteCallbacks(made)
    made.tokenCache.setBeforeAccess(() => Promise.reject(new Error('first')))
    made.tokenCache.setAfterAccess(args => {
      events.push(`afterAccess ${args.hasStateChanged}`)
      throw new Error('second')
    })
    await assert.rejects(async () => made.read(countOf), { message: 'first' })
    await assert.rejects(made.update(saving(ALICE)), { message: 'first' })
    assert.deepEqual(events, ['afterAccess false', 'afterAccess false'])
  })

  it('does not stop the accesses after it', async () => {
    const made = store()
    let calls = 0
    made.tokenCache.setBeforeAccess(() => {
      if (calls++ === 0) throw new Error('once')
    })
    const outcomes = await Promise.allSettled([made.read(countOf), made.read(countOf)])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'fulfilled'],
    )
  })

  it('does not replace the error of the change itself', async () => {
    const made = store()
    const { events } = noteCallbacks(made)
    const broken = made.update(() => {
      throw new RangeError('stop')
    })
    await assert.rejects(broken, RangeError)
    assert.equal(events.at(-1), 'afterAccess false')
  })
})

describe('a callback that calls the application', () => {
  it('is refused what would wait for itself for ever', async () => {
    const made = store()
    made.tokenCache.setBeforeAccess(async () => void (await made.read(countOf)))
    await assert.rejects(async () => made.read(countOf), { code: 'cache_callback_reentered' })
    await assert.rejects(made.update(saving(ALICE)), { code: 'cache_callback_reentered' })
    made.tokenCache.setBeforeAccess(async () => {
      await turn()
      await made.update(saving(BOB))
    })
    await assert.rejects(async () => made.read(countOf), { code: 'cache_callback_reentered' })
  })

  it('may call another one, and what it leaves behind may call this one later', async () => {
    const [made, other] = [store(), store()]
    let later: Promise<number> | undefined
    noteCallbacks(other)
    made.tokenCache.setAfterAccess(async () => {
      await other.update(saving(ALICE))
      later ??= delay(20).then(() => made.read(countOf))
    })
    await made.update(saving(BOB))
    assert.equal(await later, 1)
    assert.equal(await other.read(countOf), 1)
  })
})

describe('a callback that does not end', () => {
  it('is no longer waited for by whoever gives up, and a sign-in stays in memory', async () => {
    const made = store()
    const started = new Promise<void>(resolve => {
      made.tokenCache.setBeforeAccess(() => {
        resolve()
        return new Promise(() => {})
      })
    })
    const [reader, writer, queued] = [new AbortController(), new AbortController(), new AbortController()]
    const writing = made.update(saving(ALICE), { signal: writer.signal })
    const reading = (async () => made.read(countOf, { signal: reader.signal }))()
    const later = made.update(saving(BOB), { signal: queued.signal })
    await started
    for (const { controller, call } of [
      { controller: reader, call: reading },
      { controller: queued, call: later },
      { controller: writer, call: writing },
    ]) {
      const reason = new Error('gave up')
      controller.abort(reason)
      await assert.rejects(call, thrown => thrown === reason)
    }
    made.tokenCache.setBeforeAccess(undefined)
    assert.equal(made.read(countOf), 2)
  })
})

describe('callbacks beside a persistence', () => {
  it('see what it holds, and what they add is saved with the next change', async () => {
    const persistence = new SlowPersistence()
    const made = store({ persistence })
    await made.update(saving(ALICE))
    const other = store()
    await other.update(saving(BOB))
    const seen: number[] = []
    made.tokenCache.setBeforeAccess(args => {
      seen.push(Object.keys(JSON.parse(args.tokenCache.serialize()).Account).length)
      args.tokenCache.deserializeMsalV3(other.tokenCache.serializeMsalV3())
    })
    assert.equal(await made.read(countOf), 2)
    const carol = `44444444-4444-4444-8444-444444444444.${TENANT}`
    await made.update(saving(carol))
    assert.equal(await store({ persistence }).read(countOf), 3)
    assert.deepEqual(seen, [1, 2])
  })

  it('are told of a change that could not be saved, so that they can', async () => {
    const persistence = new SlowPersistence()
    persistence.save = () => Promise.reject(new Error('ENOSPC'))
    const made = store({ persistence })
    const { events } = noteCallbacks(made)
    await assert.rejects(made.update(saving(ALICE)), { code: 'cache_write_failed' })
    assert.equal(events.at(-1), 'afterAccess true')
  })
})
