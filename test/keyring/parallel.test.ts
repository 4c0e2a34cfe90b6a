/** Many calls at once, two processes at once, and many calls one after the other. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { soak, WHOLE_FILE } from '../support/machine.js'
import { GnomeKeyring } from './support/gnome-keyring.js'
import { withKeyrings } from './support/needs.js'
import { assertAnswersTenAtOnce, item, remove } from './support/secrets.js'

const program = (name: string) => fileURLToPath(new URL(`programs/${name}.js`, import.meta.url))

describe('a keyring', withKeyrings, async () => {
  const { bus } = await GnomeKeyring.start(WHOLE_FILE)

  test('answers ten calls at once, each with its own', () => assertAnswersTenAtOnce())

  test('gives two processes that write and delete one secret a whole one or none', async () => {
    const rounds = String(soak(200))
    const writers = ['a', 'b'].map(name => bus.start(process.execPath, [program('writer'), name, rounds]))
    for (const writer of writers) assert.equal(await writer.line(), 'done')
    for (const writer of writers) await writer.ended()
    await remove(item())
  })

  test('leaves no file open and no memory behind', async () => {
    const rounds = soak(1_000)
    const peer = bus.start(process.execPath, ['--expose-gc', program('many-calls'), String(rounds)])
    const [files = Number.NaN, kilobytes = Number.NaN] = (await peer.line()).split(' ').map(Number)
    await peer.ended()
    assert.ok(files <= 0, `${files} files`)
    assert.ok(kilobytes < 20 * rounds + 8_192, `${kilobytes} KiB in ${rounds} rounds`)
  })
})
