/** Standard normal distribution function, within 7.5e-8 (Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.2.17). */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const above = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
  return z < 0 ? above : 1 - above
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963985

/** The 97.5 % quantile of Student's t distribution, within 0.2 % from 5 degrees of freedom on (Abramowitz and Stegun 26.7.5). */
export function studentQuantile975(degrees: number): number {
  const [z, n] = [Z, degrees]
  return (
    z +
    (z ** 3 + z) / (4 * n) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * n ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * n ** 3)
  )
}
