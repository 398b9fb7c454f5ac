/** Help of `--evidence`, which compare and report have in common. */
export const EVIDENCE_HELP =
  'take what this run did not measure from another run (results.json) or from a file of figures (YAML, JSON); the first file that has a figure wins; repeatable'
