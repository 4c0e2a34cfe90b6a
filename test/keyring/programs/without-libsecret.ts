/** Asks the addon for a secret where there is no libsecret, and for a lock, which needs none. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import type { NativeFailure } from '#lib/native/contract.js'
import { get, item } from '../support/secrets.js'

await get(item()).catch((error: NativeFailure) => console.log(error.code, error.call))
const folder = mkdtempSync(join(tmpdir(), 'latchkey-'))
const { handle } = await requireCapability(loadNativeAddon(), 'fileLock').tryAcquire(join(folder, 'lock'), 'me', '')
console.log(handle === undefined ? 'refused' : 'locked')
await handle?.release()
rmSync(folder, { recursive: true })
