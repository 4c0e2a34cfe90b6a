/** Ends while steps are under way on every thread. */
import { firstToken } from '../support/negotiate.js'

// The libraries are opened before, as they are in a program that has signed in once.
await firstToken()
for (let i = 0; i < 20; i++) void firstToken()
setTimeout(() => process.exit(0), Math.random() * 4)
