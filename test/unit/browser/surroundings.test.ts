/** How a container and the Windows Subsystem for Linux are known, by the files that each of them leaves. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { lookAround } from '#lib/browser/surroundings.js'
import { temporaryFolder } from '../../support/machine.js'

/** A machine with these files, and these variables. */
async function machine(t: TestContext, files: Record<string, string>, env: NodeJS.ProcessEnv = {}) {
  const root = await temporaryFolder(t)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true })
    await writeFile(path.join(root, name), text)
  }
  return { platform: 'linux' as NodeJS.Platform, env, root }
}

test('an ordinary machine is neither', async t => {
  const files = { 'proc/1/cgroup': '0::/init.scope\n', 'proc/sys/kernel/osrelease': '6.1.0-18-amd64\n' }
  for (const surroundings of [await machine(t, files), await machine(t, {})]) {
    const { isContainer, isWsl } = await lookAround(surroundings)
    assert.deepEqual([isContainer, isWsl], [false, false])
  }
})

test('Docker, Podman, LXC, Kubernetes and systemd-nspawn are containers', async t => {
  for (const [files, env] of [
    [{ '.dockerenv': '' }],
    [{ 'run/.containerenv': 'engine="podman"\n' }],
    [{ 'run/systemd/container': 'systemd-nspawn\n' }],
    [{ 'proc/1/cgroup': '1:name=systemd:/lxc/web\n' }],
    [{ 'proc/1/cgroup': '0::/kubepods.slice/pod1\n' }],
    [{}, { container: 'podman' }],
    [{}, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }],
  ] as Array<[Record<string, string>, NodeJS.ProcessEnv?]>) {
    const surroundings = await machine(t, files, env)
    assert.equal((await lookAround(surroundings)).isContainer, true, JSON.stringify([files, env]))
    const elsewhere = { ...surroundings, platform: 'darwin' as const }
    assert.equal((await lookAround(elsewhere)).isContainer, false)
  }
})

test('WSL is known by its variables, and without them by its kernel', async t => {
  const kernel = { 'proc/sys/kernel/osrelease': '5.15.167.4-microsoft-standard-WSL2\n' }
  for (const surroundings of [
    await machine(t, kernel),
    await machine(t, {}, { WSL_DISTRO_NAME: 'Debian' }),
    await machine(t, {}, { WSL_INTEROP: '/run/WSL/1_interop' }),
  ]) {
    assert.equal((await lookAround(surroundings)).isWsl, true)
  }
})
