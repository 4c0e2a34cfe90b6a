/** Who we are on the wire: the library's name and version, as the service's logs show them. */

/** Version of this package; a test holds it against package.json. */
export const LIBRARY_VERSION = '0.1.0'
export const LIBRARY_SKU = 'latchkey'

/** Sent with every request to one of Microsoft's services, which answers with the same id. */
export function microsoftHeaders(correlationId: string): Record<string, string> {
  return {
    'x-client-sku': LIBRARY_SKU,
    'x-client-ver': LIBRARY_VERSION,
    'x-client-os': process.platform,
    // Asks the service to say when to come back rather than to block.
    'x-ms-lib-capability': 'retry-after, h429',
    'client-request-id': correlationId,
    'return-client-request-id': 'true',
  }
}
