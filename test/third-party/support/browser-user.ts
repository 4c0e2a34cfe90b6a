/** Who sits in front of the tests' browser, and where it finds the sign-in page. */

/** Who signs in. `otc` is the code of a second factor. */
export interface Person {
  username: string
  password: string
  otc?: string
}

export interface BrowserUser extends Person {
  /** PEM file of the emulator's CA. */
  caFile: string
  /** The emulator's own origin. */
  origin: string
}

/** The scripted browser knows no proxy: it visits login.microsoftonline.com where the emulator itself is, the same tenant. */
export function atOrigin(url: URL, origin: string): URL {
  return new URL(`${url.pathname}${url.search}`, origin)
}
