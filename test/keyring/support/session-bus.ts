/** A D-Bus session of a test's own, with nothing on it that the test does not start. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Scope, temporaryFolder } from '../../support/machine.js'
import { Program } from '../../support/program.js'

/** No service folders: the bus starts nothing by itself. Its socket is in its folder, since one that is killed leaves it. */
const configFor = (folder: string) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${folder}/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_message_size">1000000000</limit>
</busconfig>
`

/** A running session, and the folders of the user who has it. */
export class SessionBus {
  readonly folder: string
  readonly daemon: Program
  readonly address: string
  readonly #scope: Scope

  private constructor(scope: Scope, folder: string, daemon: Program, address: string) {
    this.#scope = scope
    this.folder = folder
    this.daemon = daemon
    this.address = address
  }

  static async start(outer: Scope): Promise<SessionBus> {
    // A hook that is set within a test belongs to that test, but what is started in the session lives as long as it.
    const ends: (() => unknown)[] = []
    const scope: Scope = { after: end => void ends.unshift(end) }
    outer.after(async () => {
      for (const end of ends) await end()
    })
    const folder = await temporaryFolder(scope)
    for (const name of ['runtime', 'data', 'config', 'cache']) await mkdir(join(folder, name), { mode: 0o700 })
    const config = join(folder, 'bus.conf')
    await writeFile(config, configFor(folder))
    const args = [`--config-file=${config}`, '--nofork', '--print-address']
    const daemon = Program.start(scope, 'dbus-daemon', args, environment(folder))
    return new SessionBus(scope, folder, daemon, await daemon.line())
  }

  /** What a program needs to be in this session; it has no display. */
  get env(): NodeJS.ProcessEnv {
    return { ...environment(this.folder), DBUS_SESSION_BUS_ADDRESS: this.address }
  }

  /** Starts a program in it. */
  start(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Program {
    return Program.start(this.#scope, command, args, { ...this.env, ...env })
  }

  /** Puts this process in it, for the addon's calls from now on. */
  enter(): void {
    enter(this.env)
  }

  /** What an object of a provider answers, as `gdbus` prints it. */
  async call(path: string, method: string, ...args: string[]): Promise<string> {
    const destination = ['--dest', 'org.freedesktop.secrets', '--object-path', path, '--method', method]
    const program = this.start('gdbus', ['call', '--session', ...destination, ...args])
    const [output] = await Promise.all([program.rest(), program.ended()])
    return output
  }
}

/** Makes the addon's calls from now on see this environment: libsecret reads it anew each time. */
export function enter(env: NodeJS.ProcessEnv): void {
  for (const name of ['DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR']) {
    const value = env[name]
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

function environment(folder: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, 'runtime'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
  }
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'GNOME_KEYRING_CONTROL'])
    delete env[name]
  return env
}
