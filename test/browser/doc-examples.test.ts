/** The examples of docs/interactive.md, two of which show the pages in a chromium of their own. */
import { runExamples } from '../support/doc-examples.js'

await runExamples({
  'docs/interactive.md': [
    /^signed in as alice@\S+ for User\.Read openid profile\nand later, without a page, for https:\/\/vault\.azure\.net\//m,
    /^signed in as alice@/m,
    /^signed in as alice@/m,
    /^signed in as alice@/m,
  ],
})
