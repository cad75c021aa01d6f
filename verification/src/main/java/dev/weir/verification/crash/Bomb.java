package dev.weir.verification.crash;

/**
 * Where a process is stopped.
 *
 * @param nth at which occurrence of the point
 * @param announce whether it only halts there and tells its parent, at every {@code nth} occurrence
 */
record Bomb(CrashPoint point, int nth, boolean announce) {}
