/** Our half of each guide of docs/moving. What the other libraries print is in a test of each. */
import { testOurHalf } from './support/guide.js'
import { FROM_MSAL_NET } from './support/guides.js'

for (const guide of [FROM_MSAL_NET]) await testOurHalf(guide)
