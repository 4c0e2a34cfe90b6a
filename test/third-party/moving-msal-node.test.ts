/** The JavaScript of docs/moving/msal-node.md, run with the real msal-node; its cache file is then opened by latchkey. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { testTheirHalf } from './support/guide.js'
import { FROM_MSAL_NODE } from './support/guides.js'

// It uses the global fetch, which on Node 20 does not look at HTTPS_PROXY by itself.
const throughProxy = new URL('programs/environment-proxy.js', import.meta.url).href

await testTheirHalf(FROM_MSAL_NODE, async (blocks, folder) => {
  const fileOf = ({ name, line }: { name?: string; line: number }) => path.join(folder, name ?? `${line}.mjs`)
  for (const block of blocks) writeFileSync(fileOf(block), block.code)
  return block => [process.execPath, '--import', throughProxy, fileOf(block)]
})
