/**
 * The parts of a run, each with a separate schedule and random sequence: the length of the warm-up varies and must not
 * change what is measured.
 */
export type Part = 'warm-up' | 'measured'
