/** The check that package-lock.json still names the packages of every platform. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

const script = new URL('../../../scripts/check-lockfile.mjs', import.meta.url).href
const { missingOptionalPackages } = (await import(script)) as {
  missingOptionalPackages(packages: object): Record<string, object>
}

const owner = (names: string[]) => ({
  version: '2.0.0',
  dev: true,
  optionalDependencies: Object.fromEntries(names.map(name => [name, '2.0.0'])),
})

test('puts back the packages of other platforms, so that npm ci takes the lock and installs none of them', () => {
  const packages = { '': {}, 'node_modules/tool': owner(['tool-win32-x64-msvc', '@tool/binding-linux-arm64-musl']) }
  assert.deepEqual(missingOptionalPackages(packages), {
    'node_modules/tool-win32-x64-msvc': { version: '2.0.0', cpu: ['x64'], os: ['win32'], dev: true, optional: true },
    'node_modules/@tool/binding-linux-arm64-musl': {
      version: '2.0.0',
      cpu: ['arm64'],
      os: ['linux'],
      libc: ['musl'],
      dev: true,
      optional: true,
    },
  })
})

test('leaves alone what is there, beside the owner or within it', () => {
  const names = ['tool-darwin-arm64', 'tool-darwin-x64']
  const packages = {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a/node_modules/tool': owner(names),
    'node_modules/a/node_modules/tool/node_modules/tool-darwin-arm64': { version: '2.0.0' },
    'node_modules/tool-darwin-x64': { version: '2.0.0' },
  }
  assert.deepEqual(missingOptionalPackages(packages), {})
})

test('does not guess a platform or a version', () => {
  assert.throws(() => missingOptionalPackages({ 'node_modules/tool': owner(['tool-extra']) }), /which system/)
  const ranged = { optionalDependencies: { 'tool-darwin-x64': '>=1' } }
  assert.throws(() => missingOptionalPackages({ 'node_modules/tool': ranged }), /which version/)
})
