/** A registry of this machine that charts are pulled from under the name of another one. */
export interface ChartRegistry {
  /** Whether it stands behind a chart's reference, `oci://HOST/PATH/NAME`. */
  serves(chart: string): boolean;
  /** Variables that lead Helm to it, and keep what the user proves himself with elsewhere away from it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Path of the certificate that it is known by. */
  readonly certificate: string;
  /** What is to be said of a chart that was not found there: which versions are. */
  explain(chart: string): Promise<string>;
}
