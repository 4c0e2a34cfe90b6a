/** The logger an application hands over: which messages reach it, and that it cannot break a sign-in. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createLogger, type Logger, LogLevel, SILENT_LOGGER } from '#lib/logger.js'
import { MemoryLogSink } from '../../fakes/memory-logger.js'

const LEVELS = ['error', 'warning', 'info', 'verbose'] as const

function writeAll(logger: Logger): void {
  for (const level of LEVELS) logger[level](`plain ${level}`, `personal ${level}`)
}

describe('levels', () => {
  for (const [at, level] of LEVELS.entries()) {
    test(`at ${level}, ${at + 1} of the four levels are passed on`, () => {
      const sink = new MemoryLogSink(level)
      writeAll(createLogger(sink))
      assert.deepEqual(
        sink.lines.map(line => line.level),
        LEVELS.slice(0, at + 1),
      )
      assert.equal(createLogger(sink).level, level)
    })
  }

  test('the default is info', () => {
    const sink = new MemoryLogSink()
    writeAll(createLogger(sink))
    assert.deepEqual(
      sink.lines.map(line => line.level),
      ['error', 'warning', 'info'],
    )
  })

  test('their names are those of the messages', () => {
    assert.deepEqual(Object.values(LogLevel), [...LEVELS])
  })

  test('without a logger nothing happens', () => {
    assert.equal(createLogger(undefined), SILENT_LOGGER)
    writeAll(SILENT_LOGGER)
  })
})

describe('personal data', () => {
  test('is left out unless it was asked for', () => {
    for (const logPii of [undefined, false]) {
      const sink = new MemoryLogSink('verbose', logPii)
      writeAll(createLogger(sink))
      assert.deepEqual(sink.lines[0], { level: 'error', message: 'plain error', containsPii: false })
      assert.doesNotMatch(sink.text, /personal/)
    }
  })

  test('takes the place of the plain text when it was asked for, and is marked', () => {
    const sink = new MemoryLogSink('verbose', true)
    const logger = createLogger(sink)
    logger.info('asking about the host', 'asking about sts.example for joe@contoso.example')
    logger.info('nothing personal')
    assert.deepEqual(sink.lines, [
      { level: 'info', message: 'asking about sts.example for joe@contoso.example', containsPii: true },
      { level: 'info', message: 'nothing personal', containsPii: false },
    ])
  })

  test('asked for with anything but true is not asked for', () => {
    const sink = { lines: [] as string[], logPii: 'yes' as unknown as boolean }
    const logger = createLogger({ ...sink, log: (_, message) => sink.lines.push(message) })
    logger.info('plain', 'personal')
    assert.deepEqual(sink.lines, ['plain'])
  })

  const NAMES: ReadonlyArray<[string, string]> = [
    ['AADSTS50034: The account joe@contoso.com does not exist.', 'AADSTS50034: The account [user] does not exist.'],
    ['user joe.o+tag@mail.contoso.co.uk, retrying', 'user [user], retrying'],
    ['login_hint=joe%40contoso.com&x=1', 'login_hint=[user]&x=1'],
    ['login_hint=joe%2Btag%40contoso.com', 'login_hint=[user]'],
    ['"upn":"zoë@contoso.com"', '"upn":"[user]"'],
    ['guest_fabrikam.com#EXT#@contoso.onmicrosoft.com', '[user]'],
    ['latchkey@0.1.0 and @azure/msal-node are not users', 'latchkey@0.1.0 and @azure/msal-node are not users'],
  ]
  for (const [written, received] of NAMES) {
    test(`a plain text has no user names: ${written}`, () => {
      const sink = new MemoryLogSink()
      createLogger(sink).info(written)
      assert.equal(sink.text, received)
    })
  }
})

describe('what reaches the application', () => {
  test('is redacted in both forms, at every level', () => {
    for (const logPii of [false, true]) {
      const sink = new MemoryLogSink('verbose', logPii)
      const logger = createLogger(sink)
      for (const level of LEVELS) logger[level]('plain code=s3cret', 'personal password=s3cret')
      assert.equal(sink.lines.length, 4)
      assert.doesNotMatch(sink.text, /s3cret/)
    }
  })

  test('has a bounded length', () => {
    const sink = new MemoryLogSink()
    createLogger(sink).info('word '.repeat(100_000))
    assert.ok(sink.text.length <= 8_192)
  })
})

describe('a logger that fails', () => {
  test('does not break its caller by throwing', () => {
    const logger = createLogger({
      log: () => {
        throw new Error('disk full')
      },
    })
    assert.doesNotThrow(() => writeAll(logger))
  })

  test('does not end the process by rejecting', async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', listener)
    try {
      writeAll(createLogger({ log: async () => Promise.reject(new Error('disk full')) }))
      await new Promise(resolve => setTimeout(resolve, 5))
      assert.deepEqual(unhandled, [])
    } finally {
      process.off('unhandledRejection', listener)
    }
  })
})
