/** Our half of each guide of docs/moving. What the other libraries print is in a test of each that is here. */
import { testOurHalf } from './support/guide.js'
import { FROM_MSAL_JAVA, FROM_MSAL_MACOS, FROM_MSAL_NET, FROM_MSAL_NODE, FROM_MSAL_PYTHON } from './support/guides.js'

for (const guide of [FROM_MSAL_NET, FROM_MSAL_JAVA, FROM_MSAL_PYTHON, FROM_MSAL_MACOS, FROM_MSAL_NODE]) {
  await testOurHalf(guide)
}
