/** The move cannot do what was asked at this point; exit code 1. */
export class MoveRefused extends Error {}
