/**
 * A process that saves until it is killed: `<kind> <file> <keyFile> <accounts> <journal>`, kind being `plain`, `encrypted` or
 * `msal-node-extensions`. First waits for a line with the number of its first save. Prints `saving <n>` when a save begins and `saved <n> <ms>` when it is done, which it also writes into
 * the journal: output may still be in this process when it is killed, a file's contents are not.
 */
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { persistenceOf, storeOn, tokensOfSave } from '../kill-support.js'

const [kind = '', file = '', keyFile = '', accountsText = '', journal = ''] = process.argv.slice(2)
const accounts = Number(accountsText)
let save = 0
let began = 0
const announce = () => {
  began = performance.now()
  console.log(`saving ${save}`)
}

/** Makes the change of save number `save` and saves it. */
type Saver = () => Promise<void>

async function ours(): Promise<Saver> {
  const persistence = persistenceOf(kind === 'plain' ? 'plain' : 'encrypted', file, keyFile)
  const store = storeOn(persistence)
  const write = persistence.save.bind(persistence)
  persistence.save = bytes => {
    announce()
    return write(bytes)
  }
  return () => store.update(edit => edit.saveTokens(tokensOfSave(save, accounts)))
}

async function theirs(): Promise<Saver> {
  // Its parts by their files: the package itself loads keytar, which a plain file does not need.
  const parts = new URL(
    '../../../test/peers/node_modules/@azure/msal-node-extensions/dist/persistence/',
    import.meta.url,
  )
  const { FilePersistence } = await import(new URL('FilePersistence.mjs', parts).href)
  const { PersistenceCachePlugin } = await import(new URL('PersistenceCachePlugin.mjs', parts).href)
  const plugin = new PersistenceCachePlugin(await FilePersistence.create(file))
  // The format is the same, so that our own cache in memory stands for msal-node's.
  const store = storeOn(undefined)
  const { tokenCache } = store
  return async () => {
    const context = { cacheHasChanged: true, tokenCache }
    await plugin.beforeCacheAccess(context)
    await store.update(edit => edit.saveTokens(tokensOfSave(save, accounts)))
    announce()
    await plugin.afterCacheAccess(context)
  }
}

const saver = await (kind === 'msal-node-extensions' ? theirs() : ours())
console.log('ready')
const [line] = await once(process.stdin, 'data')
save = Number(line)
for (; ; save++) {
  await saver()
  appendFileSync(journal, `${save}\n`)
  console.log(`saved ${save} ${performance.now() - began}`)
}
