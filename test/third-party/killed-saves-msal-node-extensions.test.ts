/** Processes killed while @azure/msal-node-extensions saves, as ours are in test/cache/killed-saves.test.ts: what is lost is printed. */
import assert from 'node:assert/strict'
import { copyFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { savesIn } from '../cache/kill-support.js'
import { crash, fill, isStateAfter, startWriter } from '../cache/killer.js'
import { soak, temporaryFolder } from '../support/machine.js'

const KILLS = soak(500)

describe('@azure/msal-node-extensions, killed while it saves', () => {
  for (const accounts of [10, 1_000]) {
    test(`is what ours is compared with (${accounts} accounts)`, async t => {
      const folder = await temporaryFolder(t)
      const beside = await temporaryFolder(t)
      const [file, whole, journal] = [join(folder, 'cache'), join(beside, 'whole'), join(beside, 'journal')]
      await fill('plain', whole, '', accounts)
      const start = () => startWriter(t, 'msal-node-extensions', file, '', accounts, journal)
      let next = start()
      const seen = { lostEverything: 0, lostSome: 0, lockLeft: 0 }
      for (let kill = 0; kill < KILLS; kill++) {
        await copyFile(whole, file)
        const writer = next
        assert.equal(await writer.line(), 'ready')
        next = start()
        const { lastSaved, hasLock } = await crash(writer, accounts, file, journal)
        if (hasLock) seen.lockLeft++
        await rm(`${file}.lockfile`, { force: true })
        const found = tryToRead(await readFile(file, 'utf8'))
        if (found === undefined) seen.lostEverything++
        else if (![lastSaved, lastSaved + 1].some(last => isStateAfter(last, found, accounts))) seen.lostSome++
      }
      t.diagnostic(`msal-node-extensions, ${accounts} accounts: ${KILLS} kills, ${JSON.stringify(seen)}`)
    })
  }
})

function tryToRead(text: string): Map<string, number> | undefined {
  try {
    return savesIn(text)
  } catch {
    return undefined
  }
}
