/** Saves a file with msal-node-extensions' FilePersistence again and again: `<file>`. Says when it has done so twenty times; ends when stdin does, and prints how often. */
import { setTimeout } from 'node:timers/promises'
import { filePersistence } from '../support/msal-node-extensions.js'

const [file = ''] = process.argv.slice(2)
const persistence = await filePersistence(file)
const text = await persistence.load()
let isOver = false
let count = 0
process.stdin.resume().once('end', () => {
  isOver = true
})
console.log('writing')
while (!isOver) {
  await persistence.save(text ?? '')
  if (++count === 20) console.log('often')
  await setTimeout(5)
}
console.log(String(count))
