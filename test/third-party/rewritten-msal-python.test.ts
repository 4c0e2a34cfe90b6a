/** Silent calls of latchkey while FilePersistence of MSAL Python's extensions saves its file all the time. */
import { test } from 'node:test'
import { Crowd } from '../cache/crowd/crowd.js'
import { assertAllFindTheirTokenBeside } from '../cache/crowd/rewritten.js'
import { WHOLE_FILE } from '../support/machine.js'
import { Program } from '../support/program.js'

const SAVE_AGAIN_AND_AGAIN = `
import sys, threading, time
from msal_extensions import FilePersistence
persistence = FilePersistence(sys.argv[1])
text = persistence.load()
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
print('writing', flush=True)
count = 0
while not over.is_set():
    persistence.save(text)
    count += 1
    if count == 20: print('often', flush=True)
    time.sleep(0.005)
print(count, flush=True)
`

const crowd = await Crowd.start(WHOLE_FILE, 150)

test('all find their token while MSAL Python’s FilePersistence saves', t =>
  assertAllFindTheirTokenBeside(t, crowd, file => Program.python(t, SAVE_AGAIN_AND_AGAIN, file)))
