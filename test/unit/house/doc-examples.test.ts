/** Runs every example of the documents as a user would: a program of its own, with the emulator as its tenant. */
import { runExamples } from '../../support/doc-examples.js'

const NOT_BY_WINDOWS = /^not by Windows \((?:unknown_user|native_unavailable)\): \S/m

/** What each example prints, in the order of the document. Those that have a name are imported by the others. */
const PRINTED: Record<string, RegExp[]> = {
  'README.md': [/^alice@\S+ has a token until /m],
  'docs/flows.md': [
    /^sign in first \(user_null\): \S/m,
    /^signed in as alice@/m,
    /^signed in as alice@/m,
    /^signed in as alice@/m,
    NOT_BY_WINDOWS,
    /^signed in as alice@/m,
    /^show https:\S+\/authorize, and wait for http/m,
    /^took over alice@/m,
  ],
  'docs/headless.md': [/^no browser: .*\nsigned in as alice@/s, /^signed in as alice@/m, /^signed in as alice@/m],
  // Nobody is signed in here; the first one goes on with the browser.
  'docs/integrated.md': [
    new RegExp(`${NOT_BY_WINDOWS.source}[^]*^signed in as alice@`, 'm'),
    /^(?:negotiate_no_credentials|native_unavailable): \S/m,
    /^no sign-in without a prompt: \S/m,
  ],
  'docs/network.md': [/^signed in as alice@/m, /^ok\s+proxy .*^ok\s+certificates .*^ok\s+authority /ms],
  'docs/cache.md': [
    /^Tokens are kept in \S+, not encrypted$/m,
    /^$/,
    /^$/,
    /^$/,
    /^$/,
    /^alice@\S+ is still signed in; token from the cache: true$/m,
    /^saved$/m,
    /^from the files: false$/m,
  ],
  'docs/azure.md': [/^\d+ characters, good until 2/m, /^$/],
  'docs/emulator.md': [
    /^\[\]$/m,
    /^[0-9a-f-]{36}-b2c_1_ropc\.[0-9a-f-]{36}$/m,
    /^Federated https:\S+\/adfs\/services\/trust\/mex\n\{\}$/m,
    /^$/,
    /^$/,
  ],
}

/** Where a document is about machines without a browser. */
const FURTHER: Record<string, NodeJS.ProcessEnv> = { 'docs/headless.md': { BROWSER: '', SSH_TTY: '/dev/pts/1' } }

await runExamples(PRINTED, FURTHER)
