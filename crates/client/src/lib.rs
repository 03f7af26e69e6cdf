//! Typed REST calls and the seed's socket, for bots, tests and load generators.
