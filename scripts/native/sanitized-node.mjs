/** A Node that has the sanitizers' runtime in it, and hands it on to each Node that it starts, but to no other program. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Where the compiler has its runtime: not that of another version, since the two fit each other only. */
function runtimeLibrary() {
  const { status, stdout } = spawnSync('clang++', ['-print-file-name=libclang_rt.asan-x86_64.so'], { encoding: 'utf8' })
  // Without a folder it is a library that the compiler has not found.
  return status === 0 && stdout.startsWith('/') ? stdout.trim() : undefined
}

export class SanitizedNode {
  #folder
  #program

  /** Makes it in `folder`, which is emptied; `undefined` when there is no runtime. */
  static in(folder) {
    const runtime = runtimeLibrary()
    return runtime === undefined ? undefined : new SanitizedNode(folder, runtime)
  }

  constructor(folder, runtime) {
    this.#folder = folder
    this.#program = join(folder, 'node')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(join(folder, 'reports'), { recursive: true })
    // Those who run as somebody else write reports too.
    chmodSync(join(folder, 'reports'), 0o1777)
    const log = `log_path=${join(folder, 'reports', 'report')}`
    // The loader would put LD_PRELOAD into whatever a test starts: Python and the shell have leaks of their own, and a
    // daemon with capabilities does not start. So Node is told to forget it and to take this script for itself.
    const variables = {
      LD_PRELOAD: runtime,
      ASAN_OPTIONS: `detect_leaks=1:exitcode=99:${log}`,
      UBSAN_OPTIONS: `print_stacktrace=1:halt_on_error=1:exitcode=99:${log}`,
      LSAN_OPTIONS: `suppressions=${join(HERE, 'leaks.supp')}:print_suppressions=0`,
      LATCHKEY_SANITIZED_NODE: this.#program,
    }
    const set = Object.entries(variables).map(([name, value]) => `${name}='${value}'`)
    const script = `exec env ${set.join(' ')} '${process.execPath}' --import '${join(HERE, 'forget-preload.mjs')}' "$@"`
    writeFileSync(this.#program, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }

  /** Runs it to its end and resolves with its exit code. */
  run(args, options = {}) {
    const child = spawn(this.#program, args, { stdio: 'inherit', ...options })
    return new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  }

  /** Everything the sanitizers have found since it was made or last asked. */
  takeReports() {
    const folder = join(this.#folder, 'reports')
    const files = readdirSync(folder).map(name => join(folder, name))
    const reports = files.map(file => readFileSync(file, 'utf8')).filter(text => text !== '')
    for (const file of files) rmSync(file)
    return reports
  }
}
