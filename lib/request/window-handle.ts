/** What an application hands over to say which of its windows a sign-in belongs to. */

/**
 * A window of the operating system: an HWND, an X11 window, or the address of an NSView or NSWindow.
 *
 * A `Uint8Array` holds it in 4 or 8 bytes, little-endian, as Electron's `getNativeWindowHandle()` gives it; an Electron
 * `BrowserWindow` can be given itself.
 */
export type WindowHandle =
  | Uint8Array
  | bigint
  | number
  | {
      /** The handle as the system has it, in 4 or 8 bytes. */
      getNativeWindowHandle(): Uint8Array
    }
