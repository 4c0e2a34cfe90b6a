/** Turns what an application gives as its window into a number that the native code takes; whether there is such a window is not known yet. */
import { isUint8Array } from 'node:util/types'
import { ClientError } from '../errors.js'
import type { WindowHandle } from '../request/window-handle.js'

const BITS = process.arch === 'ia32' || process.arch === 'arm' ? 32n : 64n

const refuse = (message: string, cause?: unknown): never => {
  throw new ClientError('invalid_window_handle', `The parent window is no handle: ${message}`, { cause })
}

/** Is it a window that is asked for its handle anew at each sign-in? */
export function isWindowObject(value: unknown): value is Extract<WindowHandle, { getNativeWindowHandle(): unknown }> {
  return typeof (value as { getNativeWindowHandle?: unknown } | null | undefined)?.getNativeWindowHandle === 'function'
}

/**
 * The number of the window; `undefined` where there is none.
 *
 * @throws {ClientError} invalid_window_handle – it is zero, too large for this system, of another size or no handle at all.
 */
export function toWindowHandle(value: WindowHandle | null | undefined): bigint | undefined {
  if (value === undefined || value === null) return undefined
  const number = toBigInt(isWindowObject(value) ? ask(value) : value)
  if (number <= 0n) return refuse('it is null or negative')
  if (number >> BITS !== 0n) return refuse(`it has more than ${BITS} bits`)
  return number
}

/** Electron throws for a window that has been destroyed. */
function ask(window: { getNativeWindowHandle(): unknown }): unknown {
  try {
    return window.getNativeWindowHandle()
  } catch (error) {
    return refuse('getNativeWindowHandle() failed, as it does for a window that has been destroyed', error)
  }
}

function toBigInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : refuse('it is no whole number')
  if (!isUint8Array(value)) return refuse('it is no Uint8Array, bigint, number or window')
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  if (value.byteLength === 8) return view.getBigUint64(0, true)
  if (value.byteLength === 4) return BigInt(view.getUint32(0, true))
  return refuse(`it has ${value.byteLength} bytes instead of 4 or 8`)
}
