/** Reads the Mermaid diagrams of the documents with Mermaid's own parser: what it refuses, GitHub and the site show as an error. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import vm from 'node:vm'
import { codeBlocks, markdownFiles } from './markdown.mjs'

/** Mermaid in one file, made for a page. */
export const MERMAID = createRequire(import.meta.url).resolve('@mermaid-js/tiny')

// It reads without a page as long as what cleans its labels finds something to look at; drawing takes a browser.
const INSTEAD_OF_A_PAGE = `
class Node {}
Object.assign(globalThis, {
  Node, Element: Node, window: globalThis, self: globalThis, addEventListener() {},
  document: { nodeType: 9, implementation: {}, createElement: () => ({}) },
})`

/** @returns {Promise<{ file: string, line: number, message: string }[]>} one entry for each diagram that Mermaid refuses */
export async function checkDiagrams(root) {
  const diagrams = markdownFiles(root).flatMap(file =>
    codeBlocks(readFileSync(path.join(root, file), 'utf8'), 'mermaid').map(block => ({ file, ...block })),
  )
  if (diagrams.length === 0) return []
  const page = vm.createContext({ console, structuredClone, setTimeout, clearTimeout, URL, TextEncoder, TextDecoder })
  vm.runInContext(INSTEAD_OF_A_PAGE, page)
  vm.runInContext(readFileSync(MERMAID, 'utf8'), page, { filename: MERMAID })
  const faults = []
  for (const { file, line, code } of diagrams) {
    await page.mermaid.parse(code).catch(error => {
      faults.push({ file, line, message: `is no Mermaid diagram: ${String(error.message).replace(/\s+/g, ' ')}` })
    })
  }
  return faults
}
