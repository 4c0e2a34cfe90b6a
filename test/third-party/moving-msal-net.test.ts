/** The C# of docs/moving/msal-net.md, run with the real MSAL.NET; its cache file is then opened by latchkey. */
import { fileURLToPath } from 'node:url'
import { builtGuide } from './support/dotnet-build.js'
import { type Block, testTheirHalf } from './support/guide.js'
import { FROM_MSAL_NET } from './support/guides.js'

const guide = fileURLToPath(new URL('../../docs/moving/msal-net.md', import.meta.url))
// A block is the body of a method; one with a name is a file.
const sourceOf = ({ line, code }: Block) =>
  `static class Block${line}\n{\n    public static async Task Run()\n    {\n#line ${line} "${guide}"\n${code}    }\n}\n`

await testTheirHalf(FROM_MSAL_NET, async blocks => {
  const cases = blocks
    .filter(({ name }) => name === undefined)
    .map(({ line }) => `    "${line}" => Block${line}.Run(),\n`)
  const main = `await (args[0] switch\n{\n${cases.join('')}    _ => throw new ArgumentException(args[0]),\n});\n`
  const files = blocks.map(block => [block.name ?? `Block${block.line}.cs`, block.name ? block.code : sourceOf(block)])
  const program = await builtGuide({ 'Main.cs': main, ...Object.fromEntries(files) })
  return ({ line }) => ['dotnet', program, String(line)]
})
