/** For typedoc: modules are called what users import, and pages with Mermaid diagrams can draw them without a network. */
import { copyFileSync } from 'node:fs'
import path from 'node:path'
import { Converter, ReflectionKind, RendererEvent } from 'typedoc'
import { MERMAID } from '../diagrams.mjs'

/** Called by typedoc, which typedoc.json tells of it. */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = module.name === 'index' ? 'latchkey' : `latchkey/${module.name}`
    }
  })
  // page.js fetches it where there is something to draw.
  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    copyFileSync(MERMAID, path.join(outputDirectory, 'assets', 'mermaid.js'))
  })
}
