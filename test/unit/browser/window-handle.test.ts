/** What counts as a window's handle, and what is refused before the system is asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import type { WindowHandle } from 'latchkey'
import { toWindowHandle } from '#lib/browser/window-handle.js'

const bytes = (...values: number[]) => Uint8Array.from(values)

test('a handle may be bytes as Electron gives them, a number, a bigint or a window', () => {
  const cases: [WindowHandle, bigint][] = [
    [5, 5n],
    [Number.MAX_SAFE_INTEGER, 9007199254740991n],
    [0xffff_ffff_ffff_fff0n, 0xffff_ffff_ffff_fff0n],
    [bytes(0x0c, 0, 0x40, 0), 0x40000cn],
    [bytes(0xff, 0xff, 0xff, 0xff), 0xffffffffn],
    [bytes(0x0c, 0, 0x40, 0, 0, 0x7f, 0, 0), 0x7f00_0040_000cn],
    [Buffer.from([0xee, 1, 0, 0, 0]).subarray(1), 1n],
    [{ getNativeWindowHandle: () => Buffer.from([7, 0, 0, 0]) }, 7n],
    [runInNewContext('Uint8Array.of(9, 0, 0, 0)') as Uint8Array, 9n],
  ]
  for (const [given, handle] of cases) {
    // A view into the middle of a buffer starts at its own first byte.
    if (given instanceof Buffer) assert.equal(toWindowHandle(given), 1n)
    else assert.equal(toWindowHandle(given), handle)
  }
})

test('a window is asked as its method, and anew each time', () => {
  class BrowserWindow {
    #handle = 1
    getNativeWindowHandle() {
      return Buffer.from([this.#handle++, 0, 0, 0])
    }
  }
  const window = new BrowserWindow()
  assert.deepEqual([toWindowHandle(window), toWindowHandle(window)], [1n, 2n])
})

test('no window is no window', () => {
  assert.equal(toWindowHandle(undefined), undefined)
  assert.equal(toWindowHandle(null), undefined)
})

const destroyed: () => Uint8Array = () => {
  throw new TypeError('Object has been destroyed')
}

const NO_HANDLES: Record<string, unknown> = {
  'a null handle': 0n,
  'the number zero': 0,
  'four null bytes': new Uint8Array(4),
  'eight null bytes': new Uint8Array(8),
  'a negative bigint': -1n,
  'a negative number': -5,
  'a fraction': 1.5,
  'not a number': Number.NaN,
  'a number that has lost digits': 2 ** 60,
  'a bigint that no pointer holds': 2n ** 64n,
  'no bytes': new Uint8Array(0),
  'three bytes': bytes(1, 2, 3),
  'sixteen bytes': new Uint8Array(16).fill(1),
  'an array of numbers': [1, 0, 0, 0],
  'another kind of array': Uint32Array.of(5),
  'a buffer without a view': new ArrayBuffer(8),
  'a text': '5',
  true: true,
  'an object': {},
  'a function': () => 5,
  'a window that gives nothing': { getNativeWindowHandle: () => undefined },
  'a window that gives a window': { getNativeWindowHandle: (): unknown => ({ getNativeWindowHandle: () => 1 }) },
  'a window that has been destroyed': { getNativeWindowHandle: destroyed },
}
for (const [what, value] of Object.entries(NO_HANDLES)) {
  test(`refuses ${what}`, () => {
    assert.throws(() => toWindowHandle(value as WindowHandle), { name: 'ClientError', code: 'invalid_window_handle' })
  })
}
