/** Preloaded into a sanitized Node: what it starts is not sanitized, except for Nodes. */

delete process.env.LD_PRELOAD
process.execPath = process.env.LATCHKEY_SANITIZED_NODE ?? process.execPath
