/** msal-node’s extensions and createPersistentCache share a cache: in a real gnome-keyring, and in a plain file. */
import { testKeptExchange } from './support/kept-exchange.js'
import { startKeyring } from './support/keyring.js'
import { msalNode } from './support/peers.js'
import { setStage } from './support/stage.js'

const stage = await setStage()
// What is called serviceName and accountName there.
const attributes = { service: 'contoso-tools', account: 'tokens' }

testKeptExchange(stage, {
  peer: msalNode,
  where: 'in the keyring',
  theirs: file => ({ how: 'keyring', file, attributes }),
  ours: {
    shared: 'msal',
    secretService: {
      format: 'json',
      schema: 'org.freedesktop.Secret.Generic',
      attributes,
      label: 'contoso-tools/tokens',
    },
  },
  environment: await startKeyring(),
})

testKeptExchange(stage, {
  peer: msalNode,
  where: 'in a plain file',
  theirs: file => ({ how: 'plain', file }),
  ours: { allowUnencryptedStorage: true },
})
