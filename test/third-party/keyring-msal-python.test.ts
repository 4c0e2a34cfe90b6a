/** MSAL Python’s extensions and createPersistentCache share a cache: in a real gnome-keyring, and in a plain file. */
import { testKeptExchange } from './support/kept-exchange.js'
import { startKeyring } from './support/keyring.js'
import { msalPython } from './support/peers.js'
import { setStage } from './support/stage.js'

const stage = await setStage()

testKeptExchange(stage, {
  peer: msalPython,
  listsOwnNameFirst: true,
  where: 'in the keyring',
  theirs: file => ({ how: 'keyring', file }),
  // Either names the item after the path of the signal file.
  ours: { shared: 'msal' },
  environment: await startKeyring(),
})

testKeptExchange(stage, {
  peer: msalPython,
  listsOwnNameFirst: true,
  where: 'in a plain file',
  theirs: file => ({ how: 'plain', file }),
  ours: { allowUnencryptedStorage: true },
})
