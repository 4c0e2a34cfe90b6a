/** The house as data: its rooms, who may import whom, and which file may touch which outside package. */

/** Room → the rooms it may import besides itself. A room is a folder of lib/ or a file directly in it. */
export const MAY_IMPORT = {
  'error-codes': [],
  logger: [],
  signals: [],
  emulator: [],
  errors: ['error-codes'],
  native: ['errors'],
  http: ['logger', 'signals', 'errors'],
  request: ['logger', 'signals', 'errors'],
  authority: ['request', 'http', 'logger', 'errors'],
  token: ['authority', 'request', 'http', 'logger', 'errors'],
  cache: ['token', 'authority', 'request', 'native', 'logger', 'signals', 'errors'],
  browser: ['request', 'native', 'logger', 'errors'],
  wstrust: ['request', 'http', 'native', 'logger', 'errors'],
  flow: [
    'browser',
    'wstrust',
    'cache',
    'token',
    'authority',
    'request',
    'http',
    'native',
    'logger',
    'signals',
    'errors',
  ],
  app: ['flow', 'browser', 'wstrust', 'cache', 'token', 'authority', 'request', 'http', 'native', 'logger', 'errors'],
  diagnose: ['browser', 'wstrust', 'cache', 'authority', 'request', 'http', 'native', 'logger', 'errors'],
  redis: ['cache', 'request', 'errors'],
  electron: ['request', 'errors'],
  azure: ['request', 'errors'],
  index: ['app', 'diagnose', 'cache', 'browser', 'request', 'logger', 'errors'],
  cli: ['index', 'http', 'emulator', 'errors'],
}

/** Where a permitted room is open through one file only, and to one file only: `from → to` rooms, that door and who may use it. */
export const ONLY_THROUGH = [{ from: 'cli', to: 'http', door: 'lib/http/call.ts', visitor: 'lib/cli/call.ts' }]

/** Outside package → the files, or the folders ending in '/', of lib that may import it. Packages not named here are refused. */
export const PACKAGE_OWNERS = {
  undici: ['lib/http/'],
  saxes: ['lib/wstrust/xml.ts', 'lib/emulator/'],
  'node-gyp-build': ['lib/native/addon.ts'],
  pkijs: ['lib/emulator/'],
  asn1js: ['lib/emulator/'],
  jose: ['lib/emulator/'],
  uqr: ['lib/cli/sign-in/qr-code.ts'],
}

/** The C++ files, or folders ending in '/', that may know Node-API's types; everything below them is plain C++. */
export const NAPI_FILES = ['native/addon.cc', 'native/promise_worker.h', 'native/bindings/']

/** No file of our own may be longer. */
export const MAX_LINES = 300
