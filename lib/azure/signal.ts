/** Makes a real AbortSignal of what the Azure SDKs pass: something like one, and a time limit. */
import type { GetTokenOptions } from './types.js'

/** Runs `work` with the signal, and stops listening when it is over. */
export async function withSignal<T>(
  { abortSignal, requestOptions }: GetTokenOptions,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const timeout = requestOptions?.timeout
  const isLimited = typeof timeout === 'number' && timeout > 0
  if (abortSignal === undefined && !isLimited) return work(undefined)
  // Listeners on a real signal are counted, and one of the caller's may well serve a hundred calls.
  const source = abortSignal instanceof AbortSignal ? AbortSignal.any([abortSignal]) : abortSignal
  const controller = new AbortController()
  // Its default reason is the AbortError that the SDKs look for.
  const abort = () => controller.abort()
  const timer = isLimited ? setTimeout(abort, Math.min(timeout, 2 ** 31 - 1)) : undefined
  try {
    if (source?.aborted) abort()
    source?.addEventListener('abort', abort)
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    source?.removeEventListener('abort', abort)
  }
}
