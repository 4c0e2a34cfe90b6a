/** The Python of docs/moving/msal-python.md, run with Debian's MSAL Python; its cache file is then opened by latchkey. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { testTheirHalf } from './support/guide.js'
import { FROM_MSAL_PYTHON } from './support/guides.js'

await testTheirHalf(FROM_MSAL_PYTHON, async (blocks, folder) => {
  const fileOf = ({ name, line }: { name?: string; line: number }) => path.join(folder, name ?? `${line}.py`)
  for (const block of blocks) writeFileSync(fileOf(block), block.code)
  // Debian's own, which has msal; another one may come first on the PATH.
  return block => ['/usr/bin/python3', fileOf(block)]
})
