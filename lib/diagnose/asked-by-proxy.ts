/** What a proxy wanted to know on the way to the authority, and what it was told. */
import { ClientError } from '../errors.js'
import type { Negotiator } from '../http/http-client.js'
import { mechanismOf } from '../http/negotiate/token-mechanism.js'
import { ProxyError } from '../http/proxy-error.js'
import type { Finding } from './diagnosis.js'

/** Looks on while proxies are told who the user is. */
export class ProxyWitness {
  /** By what the user was proved; undefined while no proxy has asked. */
  mechanism: string | undefined

  /** Makes what answers a proxy, as `make` does. */
  watch(make: (proxy: URL) => Negotiator): (proxy: URL) => Negotiator {
    return proxy => {
      const negotiator = make(proxy)
      return {
        open: async bindings => {
          const context = await negotiator.open(bindings)
          return {
            step: async input => {
              const step = await context.step(input)
              this.mechanism = step.mechanism || mechanismOf(step.output) || this.mechanism || 'Negotiate'
              return step
            },
            close: () => context.close(),
          }
        },
      }
    }
  }

  /** What is to be said of a proxy besides its name, once the request through it has ended. */
  async testify(name: string, request: Promise<unknown>): Promise<Finding> {
    const error = await request.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const cause = error instanceof ClientError ? error.cause : undefined
    if (error instanceof ClientError && cause instanceof ProxyError && cause.status === 407) {
      const wants = cause.offered.length === 0 ? '' : `, and wants ${cause.offered.join(' or ')}`
      const told = this.mechanism === undefined ? 'it was told nothing' : `it was told by ${this.mechanism}`
      return { ok: false, detail: `${name}; it answered 407${wants}; ${told}`, hint: error.hint }
    }
    if (error !== undefined || this.mechanism === undefined) return { ok: true, detail: name }
    return { ok: true, detail: `${name}; it asked who the user is, and was told by ${this.mechanism}` }
  }
}
