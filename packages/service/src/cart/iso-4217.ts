/**
 * The currencies of ISO 4217, list one, as published on 1 January 2026 (amendment 180: BGN withdrawn). A table of ours and
 * not `Intl`, whose decimals are those of CLDR: they differ from the standard (IQD, HUF, COP, RSD) and between releases of
 * Node.js. Gold, bonds, test codes and other entries without a minor unit are left out: nothing can be priced in them.
 */
const CODES_BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY ' +
    'COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS ' +
    'INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR ' +
    'MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP ' +
    'STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

/** The number of decimals by code. */
export const MINOR_DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)] as const),
  ),
)

/** The codes that differ from `code` in the fewest letters, those that begin alike first; at most three. */
export function nearestCodes(code: string): readonly string[] {
  const same = (other: string) => [...other].filter((letter, i) => letter === code[i]).length
  const alike = (other: string) => [...other].findIndex((letter, i) => letter !== code[i])
  const most = Math.max(...[...MINOR_DIGITS.keys()].map(same))
  return [...MINOR_DIGITS.keys()]
    .filter((other) => same(other) === most)
    .sort((a, b) => alike(b) - alike(a) || (a < b ? -1 : 1))
    .slice(0, 3)
}
