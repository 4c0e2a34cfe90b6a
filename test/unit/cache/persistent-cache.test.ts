/** createPersistentCache: what it refuses before it touches the disk. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createPersistentCache } from '#lib/cache/persistent-cache.js'

const allowUnencryptedStorage = true

describe('createPersistentCache', () => {
  test('refuses a file that is not encrypted unless it was allowed, with what to do in the hint', async () => {
    for (const options of [{ name: 'app' }, { name: 'app', allowUnencryptedStorage: false }]) {
      await assert.rejects(createPersistentCache(options), {
        code: 'unencrypted_storage_not_allowed',
        hint: /allowUnencryptedStorage: true/,
      })
    }
  })

  for (const name of ['', '.', '..', '...', 'a/b', 'a\\b', 'c:x', 'a\0b', 'a\nb', 'x'.repeat(101), 'é'.repeat(51)]) {
    test(`refuses the name ${JSON.stringify(name.slice(0, 12))} of ${name.length} characters`, async () => {
      await assert.rejects(createPersistentCache({ name, allowUnencryptedStorage }), {
        code: 'invalid_configuration',
        message: /name/,
      })
    })
  }

  for (const name of ['dot.', 'space ', 'CON', 'nul.txt', 'a*', 'a?']) {
    test(`refuses the name ${JSON.stringify(name)}, which Windows could not use`, async () => {
      await assert.rejects(createPersistentCache({ name, allowUnencryptedStorage }), { code: 'invalid_configuration' })
    })
  }

  for (const name of ['app.lockfile', 'app.LockFile', 'app.0123456789abcdef.refresh.lockfile']) {
    test(`refuses the name ${name}, which is that of a lock of another cache`, async () => {
      await assert.rejects(createPersistentCache({ name, allowUnencryptedStorage }), { code: 'invalid_configuration' })
    })
  }

  test('refuses paths that the system would cut short', async () => {
    for (const path of ['', 'a\0b']) {
      for (const option of ['directory', 'file']) {
        await assert.rejects(createPersistentCache({ name: 'app', [option]: path, allowUnencryptedStorage }), {
          code: 'invalid_configuration',
          message: `${option} must be a path.`,
        })
      }
    }
  })
})
