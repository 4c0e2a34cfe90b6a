/** Which proxy, if any, stands between this machine and a host: the option, else HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
import { ClientError } from '../errors.js'
import type { HttpClientOptions } from './http-client.js'

/** Where the decision comes from. `proxy: false` means none, whatever the environment says. */
export interface ProxySettings {
  proxy?: HttpClientOptions['proxy'] | undefined
  env: NodeJS.ProcessEnv
}

/**
 * The proxy for an https URL, or `undefined` for a direct connection. Every connection of the library asks here.
 *
 * NO_PROXY applies to proxies of the environment only: an option is meant as it is written.
 *
 * @throws {ClientError} `invalid_configuration` – the proxy is not an http or https URL.
 */
export function proxyFor(url: URL, settings: ProxySettings): URL | undefined {
  const { proxy } = settings
  if (proxy === false) return undefined
  if (typeof proxy === 'string') return parseProxy(proxy, 'http.proxy')
  if (proxy?.url !== undefined) return parseProxy(String(proxy.url), 'http.proxy.url')
  const name = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].find(key => settings.env[key])
  if (name === undefined) return undefined
  if (isExempt(url, settings.env.no_proxy || settings.env.NO_PROXY || '')) return undefined
  return parseProxy(settings.env[name] ?? '', name)
}

// The text may hold a password, so that the message names where it came from and never what it was.
function parseProxy(text: string, source: string): URL {
  try {
    const url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)
    // Malformed escapes would only be found when the password is sent.
    decodeURIComponent(url.username + url.password)
    if (url.protocol === 'http:' || url.protocol === 'https:') return url
  } catch {}
  throw new ClientError('invalid_configuration', `${source} is not the URL of an http or https proxy.`, {
    hint: `Write ${source} as http://host:port; user name and password go before the host as user:password@, percent-encoded.`,
  })
}

// As curl and Go read it: names separated by commas or spaces, each standing for itself and everything below it,
// with or without a leading dot or "*."; a port narrows it; a lone "*" is everything.
function isExempt(url: URL, noProxy: string): boolean {
  const port = url.port || '443'
  const host = bare(url.hostname)
  return noProxy.split(/[\s,]+/).some(entry => {
    if (entry === '*') return true
    const [, name = '', entryPort] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? []
    const domain = bare(name.replace(/^\*?\./, ''))
    if (domain === '' || (entryPort !== undefined && entryPort !== port)) return false
    return host === domain || host.endsWith(`.${domain}`)
  })
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}
