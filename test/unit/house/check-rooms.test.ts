/** Plants each fault that check-rooms looks for in a small tree and sees it reported, with its file and line. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'

interface Report {
  files: number
  broken: { file: string; line: number; message: string }[]
}
const script = new URL('../../../scripts/check-rooms.mjs', import.meta.url).href
const { checkRooms } = (await import(script)) as { checkRooms(root: string): Report }

const OPENING = '/** What this file is for. */\n'

/** Writes the files, checks them, and returns one `file:line: message` for each broken rule. */
function check(files: Record<string, string>): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'latchkey-rooms-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
      writeFileSync(path.join(root, name), name.endsWith('.ts') && !text.startsWith('#!') ? OPENING + text : text)
    }
    return checkRooms(root).broken.map(({ file, line, message }) => `${file}:${line}: ${message}`)
  } finally {
    rmSync(root, { recursive: true })
  }
}

function assertOnly(files: Record<string, string>, expected: RegExp): void {
  const found = check(files)
  assert.equal(found.length, 1, found.join('\n') || 'nothing was reported')
  assert.match(found[0] ?? '', expected)
}

const RUNNER = "import { test } from 'node:test'\n"

describe('imports between rooms', () => {
  test('a tree that keeps every rule has no broken one', () => {
    const files = {
      'lib/errors.ts': "export * from './error-codes.js'\n",
      'lib/error-codes.ts': 'export const codes = {}\n',
      'lib/http/http-client.ts': "import '../errors.js'\nexport const load = () => import('undici')\n",
      'lib/http/call.ts': "import { readFile } from 'node:fs/promises'\nexport { readFile }\n",
      'lib/cli/main.ts': '#!/usr/bin/env node\n/** Runs. */\n',
      'lib/cli/call.ts': "import '../http/call.js'\n",
      'lib/index.ts': "export * from './errors.js'\n",
      'native/addon.cc': '#include <napi.h>\n',
      'test/unit/one.test.ts': `${RUNNER}test('holds', { skip: process.platform === 'win32' && 'no such signal' }, () => {})\n`,
    }
    assert.deepEqual(check(files), [])
  })

  const target = { 'lib/flow/silent.ts': 'export type Silent = string\nexport const silent = 1\n' }
  for (const [kind, text] of Object.entries({
    'an import': "import { silent } from '../flow/silent.js'\nsilent\n",
    'a type import': "import type { Silent } from '../flow/silent.js'\n",
    'a re-export': "export { silent } from '../flow/silent.js'\n",
    'a dynamic import': "export const load = () => import('../flow/silent.js')\n",
    'an import in a type': "export type S = import('../flow/silent.js').Silent\n",
    'a require': "export const r = require('../flow/silent.js')\n",
    'a require made on the spot': "export const r = createRequire(import.meta.url)('../flow/silent.js')\n",
  })) {
    test(`${kind} against the direction of the data is reported`, () => {
      assertOnly(
        { ...target, 'lib/http/x.ts': text },
        /^lib\/http\/x\.ts:2: http may not import flow .*logger, signals, errors/,
      )
    })
  }

  test('the emulator importing the client is reported, and the client importing the emulator', () => {
    const files = { 'lib/emulator/a.ts': "import '../errors.js'\n", 'lib/errors.ts': '' }
    assertOnly(files, /a\.ts:2: emulator may not import errors .* no other room/)
    assertOnly(
      { 'lib/app/a.ts': "import '../emulator/b.js'\n", 'lib/emulator/b.ts': '' },
      /app may not import emulator/,
    )
  })

  test('the command line reaching past the one door of http is reported', () => {
    const files = { 'lib/cli/a.ts': "import '../http/proxy.js'\n", 'lib/http/proxy.ts': '' }
    assertOnly(files, /cli may import http only through lib\/http\/call\.ts/)
    const elsewhere = { 'lib/cli/a.ts': "import '../http/call.js'\n", 'lib/http/call.ts': '' }
    assertOnly(elsewhere, /cli may import http only in lib\/cli\/call\.ts, not in lib\/cli\/a\.ts/)
    assertOnly({ 'lib/cli/a.ts': "import '../cache/b.js'\n", 'lib/cache/b.ts': '' }, /cli may not import cache/)
  })

  test('an unknown room, a missing file, a computed name and a name of our own package are reported', () => {
    assertOnly({ 'lib/attic/a.ts': "import '../errors.js'\n", 'lib/errors.ts': '' }, /the room attic is not in/)
    assertOnly({ 'lib/errors.ts': "import './error-codes.js'\n" }, /error-codes\.ts, which does not exist/)
    assertOnly({ 'lib/errors.ts': 'export const load = (name: string) => import(name)\n' }, /computed/)
    assertOnly({ 'lib/errors.ts': "import 'latchkey'\n" }, /relative path/)
    assertOnly({ 'lib/errors.ts': "import '#lib/errors.js'\n" }, /relative path/)
    assertOnly({ 'lib/errors.ts': "import '../scripts/rooms.mjs'\n", 'scripts/rooms.mjs': '' }, /outside lib/)
  })

  test('a circle is reported once, at the import that closes it', () => {
    const files = {
      'lib/flow/a.ts': "import './b.js'\n",
      'lib/flow/b.ts': "import './c.js'\n",
      'lib/flow/c.ts': "\nimport './a.js'\n",
    }
    assertOnly(files, /c\.ts:3: cycle: lib\/flow\/a\.ts → lib\/flow\/b\.ts → lib\/flow\/c\.ts → lib\/flow\/a\.ts/)
  })

  test('a circle that a dynamic import closes is none', () => {
    const files = {
      'lib/flow/a.ts': "import './b.js'\n",
      'lib/flow/b.ts': "export const load = () => import('./a.js')\n",
    }
    assert.deepEqual(check(files), [])
  })

  test('logic in index.ts is reported', () => {
    assertOnly({ 'lib/index.ts': 'export const answer = 42\n' }, /^lib\/index\.ts:2: .*re-exports/)
  })
})

describe('outside packages', () => {
  for (const [name, file] of Object.entries({
    undici: 'lib/flow/x.ts',
    saxes: 'lib/wstrust/mex.ts',
    'node-gyp-build': 'lib/native/lock.ts',
    pkijs: 'lib/http/x.ts',
    asn1js: 'lib/http/x.ts',
    'jose/jwt/verify': 'lib/token/x.ts',
  })) {
    test(`${name} outside its room is reported, a type import too`, () => {
      assertOnly({ [file]: `import '${name}'\n` }, /:2: imports .*; only lib\//)
      assertOnly({ [file]: `import type { T } from '${name}'\n` }, /:2: imports .*; only lib\//)
    })
  }

  test('a package that no room owns is reported', () => {
    assertOnly(
      { 'lib/http/x.ts': "import '@azure/msal-node/deep'\n" },
      /the package @azure\/msal-node, which no room owns/,
    )
  })
})

describe('files', () => {
  test('the 301st line is reported in every folder of ours, the 300th is not', () => {
    const lines = (n: number): string => 'x;\n'.repeat(n)
    for (const file of ['lib/http/x.ts', 'test/unit/x.ts']) {
      assert.deepEqual(check({ [file]: lines(299) }), [])
      assertOnly({ [file]: lines(300) }, /:301: 301 lines/)
    }
    for (const file of ['scripts/x.mjs', 'native/x.cc', 'native/x.h']) {
      assert.deepEqual(check({ [file]: lines(300) }), [])
      assertOnly({ [file]: lines(301) }, /:301: 301 lines/)
    }
  })

  test('a file that does not say in a sentence what it is for is reported', () => {
    const opening = /x\.ts:1: does not open with a .* sentence/
    for (const text of [
      '#!/usr/bin/env node\nx\n',
      '#!/usr/bin/env node\n/** no full stop */\n',
      '#!/bin/x\n// A line. \n',
    ]) {
      assertOnly({ 'lib/http/x.ts': text }, opening)
    }
  })

  test('work left for later is reported', () => {
    assertOnly({ 'lib/http/x.ts': `\n// ${'TO'}${'DO'} later\n` }, /x\.ts:3: \w+: do it now/)
    assertOnly({ 'native/x.cc': `// ${'FIX'}${'ME'}\n` }, /x\.cc:1: \w+: do it now/)
  })

  test('Node-API below the binding is reported', () => {
    assertOnly({ 'native/linux/lock.cc': '#include "result.h"\n#include <napi.h>\n' }, /lock\.cc:2: includes napi\.h/)
    assertOnly(
      { 'native/linux/lock.cc': '#include "../promise_worker.h"\n' },
      /lock\.cc:1: includes \S*promise_worker\.h/,
    )
  })
})

describe('tests', () => {
  for (const [name, line, expected] of [
    ['a test left out', "test.skip('x', () => {})", /:3: \.skip\(/],
    ['a test run alone', "test.only('x', () => {})", /:3: \.only\(/],
    ['a test left out from within', "test('x', t => t.skip('y'))", /:3: \.skip\(/],
    ['a skip without a reason', "test('x', { skip: true }, () => {})", /:3: skip: true gives no reason/],
    ['a module mock', "test('x', t => { t.mock.module('node:fs') })", /:3: mock\.module\(/],
    ['a spy', "test('x', t => { t.mock.method(console, 'log') })", /:3: mock\.method\(/],
    ['a mocking package', "import sinon from 'sinon'", /:3: imports sinon/],
  ] as const) {
    test(`${name} is reported`, () => {
      assertOnly({ 'test/unit/x.test.ts': `${RUNNER}${line}\n` }, expected)
    })
  }
})
