/** Runs in each page of the site: draws its Mermaid diagrams, in the colours that the reader has chosen. */

const blocks = [...document.querySelectorAll('pre > code.mermaid')].map(code => ({
  // typedoc ends lines with <br>, which is nothing in a text.
  text: [...code.childNodes].map(node => (node.nodeName === 'BR' ? '\n' : node.textContent)).join(''),
  shown: code.parentElement,
}))

async function draw() {
  const { theme } = document.documentElement.dataset
  const isDark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  globalThis.mermaid.initialize({ startOnLoad: false, theme: isDark ? 'dark' : 'neutral' })
  for (const [index, block] of blocks.entries()) {
    const figure = document.createElement('figure')
    figure.className = 'diagram'
    figure.innerHTML = (await globalThis.mermaid.render(`diagram-${index}`, block.text)).svg
    const drawing = figure.querySelector('svg')
    drawing.style.setProperty('--natural', `${drawing.viewBox.baseVal.width}px`)
    block.shown.replaceWith(figure)
    block.shown = figure
  }
}

if (blocks.length > 0) {
  const script = document.createElement('script')
  script.src = new URL('assets/mermaid.js', new URL(document.documentElement.dataset.base, location.href))
  script.onload = () => {
    draw()
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['data-theme'] })
  }
  document.head.append(script)
}
