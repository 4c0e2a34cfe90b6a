/** What Electron runs first in the tests: the app in the folder or asar that is the first argument, as `electron <path>` would. */
const { readFileSync } = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const { app } = require('electron')

const folder = path.resolve(process.argv.slice(1).find(argument => !argument.startsWith('-')) ?? '.')
const { name, main } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
app.setName(name)
app.setAppPath(folder)
import(pathToFileURL(path.join(folder, main)).href).catch(error => {
  console.error(error)
  app.exit(1)
})
