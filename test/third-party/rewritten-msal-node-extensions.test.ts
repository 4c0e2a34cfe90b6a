/** Silent calls of latchkey while FilePersistence of @azure/msal-node-extensions saves its file all the time. */
import { test } from 'node:test'
import { Crowd } from '../cache/crowd/crowd.js'
import { assertAllFindTheirTokenBeside } from '../cache/crowd/rewritten.js'
import { WHOLE_FILE } from '../support/machine.js'
import { Program } from '../support/program.js'

const crowd = await Crowd.start(WHOLE_FILE, 150)

test('all find their token while msal-node’s FilePersistence saves', t =>
  assertAllFindTheirTokenBeside(t, crowd, file =>
    Program.node(t, new URL('programs/rewrite-msal-node.js', import.meta.url), file),
  ))
