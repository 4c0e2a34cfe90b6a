/** Where the program runs: in a container, in the Windows Subsystem for Linux. A browser may be out of reach from there. */
import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Desktop } from './browser-commands.js'

/** A system, and the folder that its files are under. */
export interface Surroundings {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  /** Default `/`. */
  root?: string | undefined
}

/** What the choice of a browser depends on. */
export async function lookAround(surroundings: Surroundings): Promise<Desktop> {
  const { platform, env } = surroundings
  const [inContainer, inWsl] = await Promise.all([isContainer(surroundings), isWsl(surroundings)])
  return { platform, env, isContainer: inContainer, isWsl: inWsl }
}

/** Docker, Podman, LXC, Kubernetes, systemd-nspawn. */
export async function isContainer({ platform, env, root = '/' }: Surroundings): Promise<boolean> {
  if (platform !== 'linux') return false
  if (env.container || env.KUBERNETES_SERVICE_HOST) return true
  // Docker's, Podman's, and systemd's own word for it.
  const marks = ['.dockerenv', 'run/.containerenv', 'run/systemd/container']
  const found = await Promise.all(marks.map(mark => exists(path.join(root, mark))))
  return (
    found.includes(true) || /docker|kubepods|containerd|libpod|lxc/.test(await textOf(path.join(root, 'proc/1/cgroup')))
  )
}

/** Linux on Windows' own kernel for it. */
export async function isWsl({ platform, env, root = '/' }: Surroundings): Promise<boolean> {
  if (platform !== 'linux') return false
  if (env.WSL_DISTRO_NAME || env.WSL_INTEROP) return true
  // sudo and services lose the variables.
  return /microsoft/i.test(await textOf(path.join(root, 'proc/sys/kernel/osrelease')))
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

/** Small files of the system; one that cannot be read says nothing. */
function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
