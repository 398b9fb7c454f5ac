/**
 * A run has two parts, each with a schedule of its own: the warm-up, whose length nobody knows beforehand, and what is
 * measured after it. They draw from different streams, so what is measured is the same however long the warm-up was.
 */
export type Part = 'warm-up' | 'measured'
