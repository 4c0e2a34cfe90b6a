/** A process that saves files: `loop <file>` for ever, `once <file> [uid]`, as another user when one is given. */
import { writeFileAtomically } from '#lib/cache/storage/atomic-file.js'

const [command, file = '', uid] = process.argv.slice(2)

/** Contents that tell whether they are whole: one letter, many times. */
function contents(round: number): Buffer {
  return Buffer.alloc(200_000, 97 + (round % 26))
}

if (uid !== undefined) {
  process.setgroups?.([])
  process.setgid?.(Number(uid))
  process.setuid?.(Number(uid))
}

if (command === 'loop') {
  console.log('started')
  for (let round = 0; ; round++) await writeFileAtomically(file, contents(round))
} else {
  const outcome = await writeFileAtomically(file, contents(0)).then(
    () => ({ saved: true }),
    error => ({ code: error.code, cause: error.cause?.code, message: error.message }),
  )
  console.log(JSON.stringify(outcome))
}
