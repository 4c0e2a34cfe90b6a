/** The public surface of latchkey. Re-exports only; no logic lives here. */
export {}
