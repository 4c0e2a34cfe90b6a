/** What a device is joined to, read from answers of Windows that no test machine gives, and from Wine's own. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { BUILD, prepareWindows, runInWindows } from '../support/windows.js'

before(prepareWindows)

test('domain, Entra ID, both, a mere work account and none are told apart, and everything is freed', async t => {
  const { status, stdout } = await runInWindows(t, [], { executable: join(BUILD, 'join_state.exe') })
  assert.equal(status, 0)
  assert.deepEqual(stdout.trimEnd().split(/\r?\n/), [
    'workgroup: 0 [] [], 0 not freed',
    'domain: 1 [CONTOSO] [], 0 not freed',
    'domain, old Windows: 1 [CONTOSO] [], 0 not freed',
    'Entra: 2 [contoso.com] [1111-2222], 0 not freed',
    'both: 3 [CONTOSO] [1111-2222], 0 not freed',
    'work account: 4 [contoso.com] [1111-2222], 0 not freed',
    'domain and work account: 1 [CONTOSO] [1111-2222], 0 not freed',
    'unknown kind of join: 0 [] [], 0 not freed',
    'no answer: DENIED NetGetJoinInformation 5, 0 not freed',
    'no answer about Entra: FAILED NetGetAadJoinInformation 2147500037, 0 not freed',
  ])
})
