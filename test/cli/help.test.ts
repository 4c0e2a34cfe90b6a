/** The help and the version: made from the tables, quick, and on stdout when they were asked for. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { COMMANDS, optionsOf } from '#lib/cli/commands.js'
import { OPTIONS } from '#lib/cli/options.js'
import { latchkey, scratchFolder } from './support/latchkey.js'
import { startInTerminal } from './support/terminal.js'

describe('latchkey help', () => {
  for (const args of [['help'], ['--help'], ['-h']]) {
    test(`${args[0]} lists every command and exits 0`, async () => {
      const { code, stdout, stderr } = await latchkey(args)
      assert.equal(code, 0)
      assert.equal(stderr, '')
      for (const { name, summary } of COMMANDS) assert.match(stdout, new RegExp(`^  ${name} +${summary}$`, 'm'))
    })
  }

  test('without a command the same goes to stderr and the exit code is 2', async () => {
    const { code, stdout, stderr } = await latchkey([])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /Commands:/)
  })

  for (const command of COMMANDS) {
    test(`${command.name} --help names each option with its default and environment variable, in 80 columns`, async () => {
      const { code, stdout } = await latchkey([command.name, '--help'])
      assert.equal(code, 0)
      assert.ok(stdout.split('\n').every(line => line.length <= 80))
      // One space for each line break and indentation of the columns.
      const text = stdout.replace(/\s+/g, ' ')
      for (const name of optionsOf(command)) {
        const { help, ...spec }: { help: string; default?: string; env?: string } = OPTIONS[name]
        for (const part of [`--${name}`, help, spec.default, spec.env]) assert.ok(text.includes(part ?? ''), part)
      }
      assert.equal((await latchkey(['help', command.name])).stdout, stdout)
    })
  }

  test('a narrow terminal breaks it between words', async () => {
    const { rows } = await startInTerminal(['help'], {}, { columns: 60 }).done
    assert.ok(
      rows.some(row => row.endsWith('everything else to')),
      rows.join('\n'),
    )
  })

  test('help loads neither the library nor the emulator', async () => {
    const coverage = scratchFolder()
    await latchkey(['login', '--help'], { NODE_V8_COVERAGE: coverage })
    const loaded = readdirSync(coverage).flatMap(file =>
      (JSON.parse(readFileSync(path.join(coverage, file), 'utf8')).result as { url: string }[]).map(({ url }) => url),
    )
    assert.ok(loaded.some(url => url.endsWith('/dist/cli/help.js')))
    assert.deepEqual(
      loaded.filter(url => url.includes('/dist/') && !url.includes('/dist/cli/')),
      [],
    )
    assert.deepEqual(
      loaded.filter(url => /node_modules|demo|login\.js/.test(url)),
      [],
    )
  })

  test('--version says the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const { code, stdout } = await latchkey(['--version'])
    assert.equal(code, 0)
    assert.match(stdout, new RegExp(`^latchkey ${version} \\(node v`))
  })
})
