/** What each way to sign in cannot do without: what it lacks is a failure, what fails and is not needed is advice. */
import type { DiagnoseFlow, Diagnosis, DiagnosisName, Finding } from './diagnosis.js'

/** Needed by some ways only; all other checks are about what each of them needs. */
const NEEDED_BY: Readonly<Partial<Record<DiagnosisName, readonly DiagnoseFlow[]>>> = {
  ticket: ['integrated'],
  device: [],
  federation: ['integrated', 'password'],
  spn: ['integrated'],
  browser: ['interactive'],
  display: [],
  session: [],
}

/** What a finding means for this way; without one any will do, and what a check alone says counts. */
export function judge(check: DiagnosisName, finding: Finding, flow: DiagnoseFlow | undefined): Diagnosis {
  const { lacking, ...diagnosis } = { check, ...finding }
  if (flow === undefined) return diagnosis
  if (NEEDED_BY[check]?.includes(flow) ?? true) {
    return lacking === undefined ? diagnosis : { ...diagnosis, ok: false, hint: lacking }
  }
  if (diagnosis.ok) return diagnosis
  return { ...diagnosis, ok: true, hint: diagnosis.hint ?? `The way ${flow} does without it.` }
}
