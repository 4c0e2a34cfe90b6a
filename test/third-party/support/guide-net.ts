/** Makes one program of the C# of docs/moving/msal-net.md: a block is the body of a method, and one with a name is a file. */
import { fileURLToPath } from 'node:url'
import { builtGuide } from './dotnet-build.js'
import type { Block, Prepare } from './guide.js'

const guide = fileURLToPath(new URL('../../../docs/moving/msal-net.md', import.meta.url))

// The compiler then speaks of the lines of the guide.
const sourceOf = ({ line, code }: Block) =>
  `static class Block${line}\n{\n    public static async Task Run()\n    {\n#line ${line} "${guide}"\n${code}    }\n}\n`

export const withMsalNet: Prepare = async blocks => {
  const cases = blocks
    .filter(({ name }) => name === undefined)
    .map(({ line }) => `    "${line}" => Block${line}.Run(),\n`)
  const main = `await (args[0] switch\n{\n${cases.join('')}    _ => throw new ArgumentException(args[0]),\n});\n`
  const files = blocks.map(block => [block.name ?? `Block${block.line}.cs`, block.name ? block.code : sourceOf(block)])
  const program = await builtGuide({ 'Main.cs': main, ...Object.fromEntries(files) })
  return ({ line }) => ['dotnet', program, String(line)]
}
