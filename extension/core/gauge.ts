/** Something that is so or not. It changes once the evidence has spoken against it for long enough, without a break. */
export interface Gauge {
  is: boolean;
  /** Since when the evidence speaks against it. */
  against?: number | undefined;
}

/** For and against, or neither: it is not known, or not clear. */
export type Evidence = boolean | undefined;

export const NOT_SO: Gauge = { is: false };

export function weigh(gauge: Gauge, evidence: Evidence, at: number, spansMs: { so: number; notSo: number }): Gauge {
  if (evidence === undefined || evidence === gauge.is) return { is: gauge.is };
  const against = gauge.against ?? at;
  return at - against >= (evidence ? spansMs.so : spansMs.notSo) ? { is: evidence } : { is: gauge.is, against };
}

/** A figure of which one bound and what lies beyond it is wrong, and the other and what lies beyond that is well. */
export interface Reading {
  value: number | undefined;
  wrong: number;
  well: number;
}

/** Whether something is wrong: one reading is enough for it, and against it all that are known must be well. */
export function isWrong(...readings: readonly Reading[]): Evidence {
  const known = readings.filter((reading): reading is Reading & { value: number } => reading.value !== undefined);
  if (known.some(({ value, wrong, well }) => (wrong > well ? value >= wrong : value <= wrong))) return true;
  const isWell = known.every(({ value, wrong, well }) => (wrong > well ? value <= well : value >= well));
  return known.length > 0 && isWell ? false : undefined;
}
