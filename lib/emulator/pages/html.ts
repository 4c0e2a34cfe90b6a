/** HTML written so that a value can only get in escaped: the `html` template tag, and the two ways to put text in it. */

/** A piece of finished HTML. Only {@link html}, {@link verbatim} and {@link trusted} make one. */
export class Markup {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** What may stand in an {@link html} template: text to escape, finished markup, a list of markup, or nothing. */
export type Slot = string | Markup | readonly Markup[] | undefined

/**
 * Builds markup from a template. Strings are text that a person reads: control characters and text-direction
 * overrides are dropped, the rest is escaped for element content and for double- or single-quoted attributes.
 */
export function html(parts: TemplateStringsArray, ...slots: Slot[]): Markup {
  return new Markup(parts.reduce((source, part, index) => source + render(slots[index - 1]) + part))
}

/** Escapes a value that the form must send back unchanged, so nothing is dropped from it. For quoted attributes. */
export function verbatim(value: string): Markup {
  return new Markup(escaped(value))
}

/** Passes markup, a stylesheet or a script of our own through unescaped. Never for anything that came from outside. */
export function trusted(source: string): Markup {
  return new Markup(source)
}

function render(slot: Slot): string {
  if (slot === undefined) return ''
  if (typeof slot === 'string') return escaped(slot.replace(UNSEEN, ''))
  return slot instanceof Markup ? slot.source : slot.map(markup => markup.source).join('')
}

// Control characters but tab and line feed, half characters, and the overrides that make text read as other than it is.
const UNSEEN = /[^\P{Cc}\t\n]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/gu

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // The HTML parser turns a bare CR into LF and has no way to write NUL.
  '\r': '&#13;',
  '\0': '\ufffd',
}

function escaped(value: string): string {
  return value.replace(/[&<>"'\r\0]/g, character => ENTITIES[character] ?? '')
}
