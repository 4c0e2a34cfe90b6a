/** MSAL.NET's extensions and createPersistentCache share a cache: in a real gnome-keyring, and in a plain file. */
import { before } from 'node:test'
import { builtPeer } from './support/dotnet-build.js'
import { testKeptExchange } from './support/kept-exchange.js'
import { startKeyring } from './support/keyring.js'
import { msalNet } from './support/peers.js'
import { setStage } from './support/stage.js'

before(builtPeer)

const stage = await setStage()
const item = {
  schema: 'com.contoso.devtools.tokencache',
  attributes: { Version: '1', ProductGroup: 'ContosoTools' },
  label: 'Tokens of the tools of Contoso',
}

testKeptExchange(stage, {
  peer: msalNet,
  locksAtOnce: true,
  where: 'in the keyring',
  theirs: file => ({ how: 'keyring', file, ...item }),
  ours: { shared: 'msal', secretService: { format: 'base64', ...item } },
  environment: await startKeyring(),
})

testKeptExchange(stage, {
  peer: msalNet,
  locksAtOnce: true,
  where: 'in a plain file',
  theirs: file => ({ how: 'plain', file }),
  ours: { allowUnencryptedStorage: true },
})
