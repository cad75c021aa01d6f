package dev.weir.verification.crash;

/** What lies under the target database. */
enum Engine {
    SQLITE,
    POSTGRES
}
