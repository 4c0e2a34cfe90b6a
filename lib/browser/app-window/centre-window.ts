/** Puts a browser's window into the middle of the screen, which only the page in it knows. */
import type { DevToolsPipe } from './dev-tools-pipe.js'

/**
 * Moves it to the middle of what the screen has left beside bars and docks.
 *
 * @throws {DevToolsError} the browser does not do it, as where a desktop lets no window choose its place.
 */
export async function centreWindow(devTools: DevToolsPipe, targetId: string, session: string): Promise<void> {
  const expression = '[screen.availLeft, screen.availTop, screen.availWidth, screen.availHeight]'
  const [{ result }, { windowId, bounds }] = await Promise.all([
    devTools.send('Runtime.evaluate', { expression, returnByValue: true }, session),
    devTools.send('Browser.getWindowForTarget', { targetId }),
  ])
  const [x, y, width, height] = (result as { value: [number, number, number, number] }).value
  const own = bounds as { width: number; height: number }
  const left = Math.round(x + Math.max(0, width - own.width) / 2)
  const top = Math.round(y + Math.max(0, height - own.height) / 2)
  await devTools.send('Browser.setWindowBounds', { windowId, bounds: { left, top } })
}
