/** Why there is no tunnel through a proxy. */

interface ProxyErrorOptions {
  readonly status?: number
  readonly offered?: readonly string[]
  readonly wasTold?: boolean
  readonly cause?: unknown
}

/** The message names the proxy's host and never its user name or password. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  /** What the proxy answered last, when it did. */
  readonly status: number | undefined
  /** The schemes by which it wants to know who asks, with 407. */
  readonly offered: readonly string[]
  /** It was sent a proof of who the user is, and does not accept it. */
  readonly wasTold: boolean

  constructor(message: string, options: ProxyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = options.status
    this.offered = options.offered ?? []
    this.wasTold = options.wasTold ?? false
  }
}
