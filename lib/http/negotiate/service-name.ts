/** Names of the services that HTTP Negotiate proves a user to, as callers give them. */

/** `service/host`, with or without a port, an instance or a realm behind it. */
const SERVICE_NAME = /^[^\s/@]+\/[^\s@]+(?:@[^\s/@]+)?$/
/** No name has one, and the system would see another name than the one that was checked. */
const NOT_IN_NAMES = /[\p{Cc}\p{Surrogate}]/u

/** Whether this can be the name of a service. */
export function isServiceName(name: string): boolean {
  return SERVICE_NAME.test(name) && !NOT_IN_NAMES.test(name)
}
