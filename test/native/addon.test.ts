/** Loading the addon: what is there when it works, and what is said when it does not. */
import assert from 'node:assert/strict'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ClientError } from '#lib/errors.js'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import { BOUNDARY_VERSION } from '#lib/native/contract.js'
import { addonWith } from '../fakes/fake-addon.js'
import { temporaryFolder } from '../support/machine.js'
import { Program } from '../support/program.js'
import { ADDON, LOADER } from './support.js'

describe('loadNativeAddon', () => {
  test('loads the build of this checkout, whose boundary version is the one of the contract', () => {
    const addon = loadNativeAddon()
    assert.equal(addon.loadError, undefined)
    assert.equal(addon.boundaryVersion, BOUNDARY_VERSION)
    assert.equal(typeof addon.fileLock?.tryAcquire, 'function')
  })

  test('gives no capability but a reason with the platform when there is no binary', async t => {
    const addon = loadNativeAddon({ root: await temporaryFolder(t) })
    assert.equal(addon.fileLock, undefined)
    assert.match(String(addon.loadError?.message), new RegExp(`No native build.*platform=${process.platform}`, 's'))
  })

  test('gives the reason of the system when the binary is broken', async t => {
    const root = await temporaryFolder(t)
    await mkdir(join(root, 'build', 'Release'), { recursive: true })
    await writeFile(join(root, 'build', 'Release', 'latchkey.node'), 'this is no library')
    const addon = loadNativeAddon({ root })
    assert.equal(addon.fileLock, undefined)
    assert.match(String(addon.loadError?.message), /latchkey\.node/)
  })

  test('loads a prebuild', async t => {
    const root = await temporaryFolder(t)
    const prebuilds = join(root, 'prebuilds', `${process.platform}-${process.arch}`)
    await mkdir(prebuilds, { recursive: true })
    await copyFile(ADDON, join(prebuilds, 'latchkey.node'))
    // In a process of its own: Windows lets nobody remove a library that is loaded.
    const program = Program.script(
      t,
      `import { loadNativeAddon } from ${JSON.stringify(LOADER)}
      console.log(loadNativeAddon({ root: ${JSON.stringify(root)} }).loadError)`,
    )
    const [output] = await Promise.all([program.rest(), program.ended()])
    assert.equal(output, 'undefined')
  })

  test('refuses a binary of another boundary version and names both', () => {
    const addon = loadNativeAddon({ boundaryVersion: 999 })
    assert.equal(addon.fileLock, undefined)
    assert.match(String(addon.loadError?.message), new RegExp(`version ${BOUNDARY_VERSION}, but 999`))
  })
})

describe('requireCapability', () => {
  test('throws what was tried, with the load error as the cause', async t => {
    const addon = loadNativeAddon({ root: await temporaryFolder(t) })
    assert.throws(
      () => requireCapability(addon, 'fileLock'),
      (error: unknown) => {
        assert(error instanceof ClientError)
        assert.equal(error.code, 'native_unavailable')
        assert.match(error.message, /fileLock .*No native build was found/)
        assert.equal(error.cause, addon.loadError)
        return true
      },
    )
  })

  test('tells a system without the capability from an addon that is not there', () => {
    assert.throws(() => requireCapability(addonWith(), 'fileLock'), {
      message: /has no such capability/,
    })
  })
})
