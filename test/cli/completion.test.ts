/** Completion: the bash script is run in bash, those of zsh and fish are read by their shells where these are there. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { COMMANDS, optionsOf } from '#lib/cli/commands.js'
import { FLOWS, PROMPTS } from '#lib/cli/options.js'
import { latchkey, MAIN, scratchFolder } from './support/latchkey.js'

const COMMAND_NAMES = [...COMMANDS.map(({ name }) => name), 'help']
const SHELLS = ['bash', 'zsh', 'fish'] as const

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout, stderr } = await latchkey(['completion', shell])
  assert.equal(code, 0, stderr)
  return stdout
}

function without(program: string): string | false {
  const { status } = spawnSync(program, ['--version'], { stdio: 'ignore' })
  return status !== 0 && `there is no ${program}; sh scripts/setup-debian.sh installs it`
}

/** A folder in which to complete, with `latchkey` on the PATH and some profiles. */
function place() {
  const folder = scratchFolder()
  const program = path.join(folder, 'latchkey')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`)
  chmodSync(program, 0o755)
  writeFileSync(path.join(folder, 'profiles.json'), JSON.stringify({ profiles: { work: {}, 'work-2': {}, home: {} } }))
  writeFileSync(path.join(folder, 'a ca.pem'), '')
  mkdirSync(path.join(folder, 'a folder'))
  const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, LATCHKEY_CONFIG_DIR: folder }
  return { folder, env }
}

describe('completion in bash', { skip: without('bash') }, () => {
  /** What bash offers for a line whose last word is being typed; `words` as bash would split it. */
  async function complete(...words: string[]): Promise<string[]> {
    const { folder, env } = place()
    const file = path.join(folder, 'completion.bash')
    writeFileSync(file, await scriptFor('bash'))
    const ask = `set -u; source '${file}'; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _latchkey; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask, 'bash', 'latchkey', ...words], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 30_000,
    })
    assert.equal(status, 0, stderr)
    assert.equal(stderr, '')
    return stdout.split('\n').filter(word => word !== '')
  }

  test('every command, and those that begin so', async () => {
    assert.deepEqual(await complete(''), [...COMMAND_NAMES, '--help', '--version'])
    assert.deepEqual(await complete('log'), ['login', 'logout'])
    assert.deepEqual(await complete('help', 'tok'), ['token'])
  })

  test('the options of each command, and no others', async () => {
    for (const command of COMMANDS) {
      const expected = optionsOf(command).map(name => `--${name}`)
      assert.deepEqual(await complete(command.name, '--'), expected, command.name)
    }
  })

  test('the values of an option, in one word or in two', async () => {
    assert.deepEqual(await complete('login', '--flow', ''), [...FLOWS])
    assert.deepEqual(
      await complete('login', '--prompt', 's'),
      PROMPTS.filter(prompt => prompt.startsWith('s')),
    )
    assert.deepEqual(await complete('login', '--flow', '='), [...FLOWS])
    assert.deepEqual(await complete('login', '--flow', '=', 'au'), ['auto'])
    assert.deepEqual(await complete('completion', ''), [...SHELLS, '--verbose', '--help'])
  })

  test('the names of profiles, files and folders', async () => {
    assert.deepEqual(await complete('token', '--profile', 'wo'), ['work', 'work-2'])
    assert.deepEqual((await complete('token', '--ca', 'a')).sort(), ['a ca.pem', 'a folder'])
    assert.deepEqual(await complete('token', '--cache-dir', 'a'), ['a folder'])
  })

  test('nothing where nobody can know', async () => {
    for (const words of [
      ['token', '--client-id', ''],
      ['nonsense', '--'],
      ['call', 'h'],
    ]) {
      assert.deepEqual(await complete(...words), [], words.join(' '))
    }
  })
})

for (const shell of ['zsh', 'fish'] as const) {
  describe(`completion in ${shell}`, () => {
    test('knows every command and option', async () => {
      const script = await scriptFor(shell)
      for (const command of COMMANDS) {
        assert.ok(script.includes(command.summary.replaceAll("'", shell === 'zsh' ? `'\\''` : "\\'")), command.name)
        for (const name of optionsOf(command))
          assert.match(script, new RegExp(`${shell === 'zsh' ? '--' : '-l '}${name}\\b`))
      }
    })

    test('is a script that the shell can read', { skip: without(shell) }, async () => {
      const file = path.join(scratchFolder(), 'script')
      writeFileSync(file, await scriptFor(shell))
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8', timeout: 30_000 })
      assert.equal(status, 0, stderr)
      assert.equal(stderr, '')
    })
  })
}

test('in fish the names of profiles and the values of options are offered', { skip: without('fish') }, async () => {
  const { folder, env } = place()
  const file = path.join(folder, 'completion.fish')
  writeFileSync(file, await scriptFor('fish'))
  const ask = (line: string) => {
    const { stdout } = spawnSync('fish', ['--no-config', '-c', `source '${file}'; complete -C '${line}'`], {
      env,
      encoding: 'utf8',
      timeout: 30_000,
    })
    return stdout.split('\n').flatMap(row => row.split('\t')[0] || [])
  }
  assert.deepEqual(ask('latchkey login --flow '), [...FLOWS].sort())
  assert.deepEqual(ask('latchkey token --profile wo').sort(), ['work', 'work-2'])
  assert.ok(ask('latchkey to').includes('token'))
})

test('the example of the help can be evaluated, and an unknown shell is refused', async () => {
  const { code, stderr } = await latchkey(['completion', 'tcsh'])
  assert.equal(code, 2)
  assert.match(stderr, /completion "tcsh" is not known; there is: bash, zsh, fish/)
  assert.match((await latchkey(['completion'])).stderr, /completion needs SHELL: bash, zsh or fish/)
})
