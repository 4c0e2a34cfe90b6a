/** The C# of docs/moving/msal-net.md, run with the real MSAL.NET; its cache files are then opened by latchkey. */
import { testTheirHalf } from './support/guide.js'
import { withMsalNet } from './support/guide-net.js'
import { FROM_MSAL_NET } from './support/guides.js'

await testTheirHalf(FROM_MSAL_NET, withMsalNet)
