/** What a Redis that others write to may hold or answer: a sound account, or an error of ours that repeats no secret. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Availability, Unavailable } from '#lib/redis/availability.js'
import { parsePartition, serializePartition } from '#lib/redis/partition.js'
import { createSeal } from '#lib/redis/seal.js'
import { Stored } from '#lib/redis/stored.js'
import { ALICE, BOB, store, tokensOf } from '../unit/cache/support.js'
import { assertOurs, damagedBytes, damagedText, hostileJson, parsed, RUNS, SECRET } from './support.js'

const NAME = 'latchkey:{client:home}'
const KEY = randomBytes(32)

async function contentsWith(...homes: string[]): Promise<string> {
  const made = store()
  for (const home of homes) await made.update(edit => edit.saveTokens(tokensOf(home, { refreshToken: SECRET })))
  return made.tokenCache.serialize()
}

describe('a value', () => {
  test('that is plain is read as the account’s, or refused', async () => {
    const samples = [await contentsWith(ALICE), await contentsWith(ALICE, BOB)]
    const home = ALICE.toLowerCase()
    let read = 0
    fc.assert(
      fc.property(
        fc.oneof(
          damagedText(samples),
          hostileJson.map(value => JSON.stringify(value) ?? ''),
        ),
        text => {
          const partition = parsed(() => parsePartition(createSeal([], true).open(NAME, text), home))
          if (partition === undefined) return
          read++
          // Records of somebody else are kept and never served.
          for (const { entity } of partition.bucket) {
            assert.equal(String(entity.home_account_id).toLowerCase(), home)
          }
          const again = serializePartition(partition)
          assert.equal(serializePartition(parsePartition(again, home)), again)
        },
      ),
      RUNS,
    )
    assert.ok(read > 5, `${read} were read`)
  })

  test('that is sealed is opened as it was, or refused', async () => {
    const seal = createSeal([KEY], false)
    const contents = await contentsWith(ALICE)
    const sealed = seal.seal(NAME, contents)
    const values = fc.oneof(
      damagedBytes([Buffer.from(sealed, 'base64')]).map(bytes => bytes.toString('base64')),
      damagedBytes([Buffer.from(sealed)]).map(bytes => bytes.toString('latin1')),
      damagedText([contents]),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(values, value => {
        const opened = parsed(() => seal.open(NAME, value))
        assert.ok(opened === undefined || opened === contents)
      }),
      RUNS,
    )
  })
})

test('an answer of any shape is read as what it can be', async () => {
  const piece = fc.oneof(
    hostileJson,
    fc.constantFrom<unknown>('found', 'same', 'absent', 'removed', '1800000000000000', 'NaN', '-1', '1e999'),
    fc.uint8Array({ maxLength: 20 }),
  )
  const answers = fc.oneof(piece, fc.array(piece, { maxLength: 6 }), fc.constant(undefined))
  await fc.assert(
    fc.asyncProperty(answers, async answer => {
      const quiet = { onDown() {}, onBack() {} }
      const stored = new Stored(async () => answer, new Availability(0, quiet), 'latchkey')
      const ours = (error: unknown) => void (error instanceof Unavailable || assertOurs(error))
      const loaded = await stored.load(NAME, '', true).catch(ours)
      assert.match(String(loaded?.kind), /^(same|absent|removed|found|undefined)$/)
      if (loaded?.kind === 'found') assert.ok(typeof loaded.value === 'string' && typeof loaded.version === 'string')
      for (const { home, score } of (await stored.list('client', true).catch(ours)) ?? []) {
        assert.ok(typeof home === 'string' && typeof score === 'string')
      }
      const toSave = { expected: '', fence: 0, value: 'x', lifetimeMs: 1, above: '', isPutBack: false }
      const version = await stored.save(NAME, toSave).catch(ours)
      assert.ok(version === undefined || typeof version === 'string')
      const fence = await stored.lock('name', 'token', 1).catch(ours)
      assert.ok(fence === undefined || typeof fence === 'number')
    }),
    RUNS,
  )
})
