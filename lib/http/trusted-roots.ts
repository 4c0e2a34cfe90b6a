/** The roots that TLS connections trust: Node's, those of the environment and the system's, and the caller's in addition. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as tls from 'node:tls'
import { ClientError } from '../errors.js'
import type { Logger } from '../logger.js'

// Node 22.15 and later; the types are those of Node 20.
type GetCaCertificates = (type: 'default' | 'system') => string[]
const { getCACertificates } = tls as { getCACertificates?: GetCaCertificates }

/**
 * Everything to trust, made once for all connections: parsing 150 roots takes 20 ms, too long for each of them, and even
 * Node's own, parsed already, are a fifth of a handshake.
 *
 * @throws {ClientError} `invalid_configuration` – one of `certificates` cannot be parsed.
 */
export function trustedRoots(
  certificates: readonly string[],
  env: NodeJS.ProcessEnv,
  logger: Logger,
): tls.SecureContext {
  const ca = rootsBesidesNodes(certificates, env, logger)
  return tls.createSecureContext(ca === undefined ? {} : { ca })
}

/** The list that {@link trustedRoots} is made of: `certificates` in addition to all the others, never in their place. */
export function rootsBesidesNodes(
  certificates: readonly string[],
  env: NodeJS.ProcessEnv,
  logger: Logger,
): string[] | undefined {
  const system = systemCertificates(logger)
  if (certificates.length === 0 && system.length === 0) return undefined
  certificates.forEach(assertCertificate)
  return [...new Set([...nodeCertificates(env, logger), ...system, ...certificates])]
}

// OpenSSL skips what it cannot parse without a word, which would come out as an untrusted server.
function assertCertificate(pem: string, index: number): void {
  try {
    new X509Certificate(pem)
  } catch (cause) {
    throw new ClientError('invalid_configuration', `Certificate ${index + 1} of http.ca cannot be parsed.`, { cause })
  }
}

// A ca option replaces Node's list, so that what Node would have trusted has to be said again.
function nodeCertificates(env: NodeJS.ProcessEnv, logger: Logger): readonly string[] {
  if (getCACertificates !== undefined) return getCACertificates('default')
  const file = env.NODE_EXTRA_CA_CERTS
  if (!file) return tls.rootCertificates
  try {
    return [...tls.rootCertificates, readFileSync(file, 'utf8')]
  } catch {
    // As Node does at start-up.
    logger.warning('NODE_EXTRA_CA_CERTS names a file that cannot be read; going on without it')
    return tls.rootCertificates
  }
}

function systemCertificates(logger: Logger): string[] {
  try {
    return getCACertificates?.('system') ?? []
  } catch {
    logger.warning('the trusted roots of the system cannot be read; going on without them')
    return []
  }
}
