/** Errors of the operating system, as Node throws them. */

/** True for an exception of the operating system with one of these codes, for example `ENOENT`. */
export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '')
}
