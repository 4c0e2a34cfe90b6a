/** The part of the native boundary that is about windows and the desktop that shows them. */

/**
 * Windows of the desktop, by their handles: an HWND, an X11 window, or the address of an NSView or NSWindow. On Linux by
 * libxcb. No call waits for the program that a window belongs to; what the window system does not answer ends within two
 * seconds.
 *
 * On macOS only windows of this process can be meant, and its main thread has to run an event loop of AppKit, as
 * Electron's does.
 *
 * @see [Extended Window Manager Hints](https://specifications.freedesktop.org/wm-spec/latest/),
 *   [Owned windows](https://learn.microsoft.com/windows/win32/winmsg/window-features#owned-windows)
 */
export interface NativeParentWindow {
  /**
   * Whose window it is and where.
   *
   * @throws {NativeFailure} INVALID_HANDLE when there is no such window; UNAVAILABLE without an X server, as on Wayland
   *   alone; TIMEOUT when the window system does not answer.
   */
  inspect(window: bigint): Promise<NativeWindowPlace>
  /**
   * The first window of a process, or of one that it has started; `undefined` while there is none.
   *
   * @throws {NativeFailure} UNAVAILABLE, and always so on macOS; TIMEOUT.
   */
  find(processId: number): Promise<bigint | undefined>
  /**
   * Makes `window` belong to `parent`, whose process may be another one: above it, in front, in the middle of it, and the
   * only one of the two that takes input.
   *
   * @throws {NativeFailure} as {@link inspect}; on Windows TIMEOUT also while the program of the parent does not answer,
   *   since it would take the window's input with it; DENIED when its program runs with more rights.
   */
  own(window: bigint, parent: bigint): Promise<NativeWindowOwnership>
  /**
   * Brings a window to the front. False when the system did not let it.
   *
   * @throws {NativeFailure} as {@link inspect}.
   */
  activate(window: bigint): Promise<boolean>
}

/** Where a window is, from the upper left corner of the desktop, in the units in which the system places windows. */
export interface NativeWindowPlace {
  /** 0 when it is not known. */
  readonly processId: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** How many of those units one pixel of a program or page is: 1.5 on a display of 144 dpi, and 1 on macOS. */
  readonly scale: number
}

/** That a window belongs to another. Ends by itself when the window or its process does, and with this environment. */
export interface NativeWindowOwnership {
  /**
   * The parent takes input again and comes to the front; false when the system did not let it. Calling it again changes
   * nothing.
   *
   * @throws {NativeFailure} INVALID_HANDLE when the parent is gone; UNAVAILABLE or TIMEOUT.
   */
  release(): Promise<boolean>
  /** On Windows: the parent takes input again, by the time this returns; for the end of the process. */
  readonly releaseNow?: () => void
}

/** What Windows' shell does for programs; Windows only. */
export interface NativeDesktop {
  /**
   * Opens an http or https URL in the user's browser.
   *
   * @throws {NativeFailure} NOT_FOUND when no program is there for it, DENIED when it was refused, TIMEOUT after ten
   *   seconds, FAILED.
   * @see [ShellExecuteExW](https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-shellexecuteexw)
   */
  openUrl(url: string): Promise<void>
}

/** Those that only {@link NativeParentWindow} gives. */
export type WindowFailureCode =
  /** No such window. */
  'INVALID_HANDLE'
