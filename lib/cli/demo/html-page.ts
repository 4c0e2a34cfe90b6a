/** Reads what a person would see of a plain HTML page: its title, its alert, and the first form with fields and buttons. */

/** One page as {@link parsePage} saw it. Texts have single spaces, no control characters, at most 300 characters. */
export interface Page {
  title: string
  /** The text of the first `role="alert"`, empty when there is none. */
  alert: string
  form: PageForm | undefined
}

/** A form: where it goes, the inputs that have a name, and its submit buttons in document order. */
export interface PageForm {
  action: string
  method: string
  fields: { name: string; value: string }[]
  buttons: { name: string; value: string; text: string }[]
}

interface Tag {
  kind: 'open' | 'close'
  name: string
  attributes: ReadonlyMap<string, string>
}

type Token = Tag | { kind: 'text'; text: string }

/**
 * Reads a page. Well-formed HTML is expected: attribute values quoted or plain, no nested forms.
 *
 * @throws {Error} – a tag or comment has no end.
 */
export function parsePage(html: string): Page {
  const page: Page = { title: '', alert: '', form: undefined }
  let form: PageForm | undefined
  // The element whose text is being collected: the name of its tag, and where the text goes when the tag is closed.
  let collecting: { name: string; text: string; done: (text: string) => void } | undefined
  const collect = (name: string, done: (text: string) => void) => {
    collecting = { name, text: '', done }
  }

  for (const token of tokens(html)) {
    if (token.kind === 'text') {
      if (collecting) collecting.text += `${token.text} `
    } else if (token.kind === 'close') {
      if (token.name === 'form') form = undefined
      if (token.name === collecting?.name) {
        collecting.done(readable(collecting.text))
        collecting = undefined
      }
    } else {
      const attribute = (name: string) => token.attributes.get(name) ?? ''
      if (token.name === 'title') {
        collect('title', text => {
          page.title ||= text
        })
      }
      if (attribute('role') === 'alert') {
        collect(token.name, text => {
          page.alert ||= text
        })
      }
      if (token.name === 'form') {
        form = { action: attribute('action'), method: attribute('method').toLowerCase(), fields: [], buttons: [] }
        page.form ??= form
      }
      // A box that nobody has ticked is not sent.
      if (token.name === 'input' && attribute('name') !== '' && attribute('type') !== 'checkbox') {
        form?.fields.push({ name: attribute('name'), value: attribute('value') })
      }
      if (token.name === 'button' && form) {
        const button = { name: attribute('name'), value: attribute('value'), text: '' }
        form.buttons.push(button)
        collect('button', text => {
          button.text = text
        })
      }
    }
  }
  return page
}

/** The page in pieces. Comments and the doctype are skipped, and so is what stands in `style` and `script`. */
function* tokens(html: string): Generator<Token> {
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open !== at) yield { kind: 'text', text: decoded(html.slice(at, open === -1 ? undefined : open)) }
    if (open === -1) return
    if (html.startsWith('<!--', open)) {
      at = endOf(html, '-->', open)
    } else if (html.startsWith('<!', open)) {
      at = endOf(html, '>', open)
    } else {
      const { tag, end } = readTag(html, open)
      yield tag
      const raw = tag.kind === 'open' && (tag.name === 'style' || tag.name === 'script')
      at = raw ? endOf(html, `</${tag.name}>`, end) : end
    }
  }
}

const TAG_NAME = /<(\/?)([a-z][a-z0-9]*)/iy
const ATTRIBUTE = /[\s/]+([^\s=<>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s<>"']+)))?/y
const TAG_END = /[\s/]*>/y

function readTag(html: string, start: number): { tag: Tag; end: number } {
  const [opening, slash, name] = matchAt(TAG_NAME, html, start) ?? fail(start)
  const attributes = new Map<string, string>()
  let at = start + opening.length
  for (let match = matchAt(ATTRIBUTE, html, at); match; match = matchAt(ATTRIBUTE, html, at)) {
    const [text, attribute = '', double, single, plain] = match
    // The first of two attributes of one name counts.
    const key = attribute.toLowerCase()
    if (!attributes.has(key)) attributes.set(key, decoded(double ?? single ?? plain ?? ''))
    at += text.length
  }
  const [closing] = matchAt(TAG_END, html, at) ?? fail(start)
  return {
    tag: { kind: slash === '/' ? 'close' : 'open', name: `${name}`.toLowerCase(), attributes },
    end: at + closing.length,
  }
}

function matchAt(sticky: RegExp, html: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(html)
}

function endOf(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from)
  return found === -1 ? fail(from) : found + mark.length
}

function fail(at: number): never {
  throw new Error(`The HTML is not well-formed at character ${at}`)
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

/** Replaces character references; one that is not known stands for itself, as in browsers. */
function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (reference, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? reference
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return point <= 0x10ffff ? String.fromCodePoint(point) : reference
  })
}

function readable(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 300)
}
