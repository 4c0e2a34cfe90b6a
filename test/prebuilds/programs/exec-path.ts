/** For `node --import` under an emulator of processors: what the tests start as node is the emulator with node in it. */
process.execPath = process.env.LATCHKEY_TEST_EXEC_PATH ?? process.execPath
