/** Draws a QR code on a terminal, with a package that only --qr needs. */
import { Hinted } from '../failure.js'
import type { Screen } from '../screen.js'

/** Draws a text as lines for a screen. */
export type QrCode = (text: string, screen: Screen) => string[]

/**
 * Loads the package that draws.
 *
 * @throws {Hinted} – it is not installed; the hint is the one npm command that adds it.
 */
export async function loadQrCode(): Promise<QrCode> {
  const { renderUnicodeCompact } = await importPeer()
  return (text, screen) => {
    // What is light in the code is drawn, so it takes light on dark, whatever the terminal's own colours are.
    const lines = renderUnicodeCompact(text, { border: 2 }).split('\n')
    return lines.map(line => `  ${screen.style.whiteOnBlack(line)}`)
  }
}

async function importPeer() {
  try {
    return await import('uqr')
  } catch (cause) {
    throw new Hinted(new Error('--qr needs the package uqr, which is not installed', { cause }), 'Run: npm install uqr')
  }
}
