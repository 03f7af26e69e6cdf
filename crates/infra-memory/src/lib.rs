//! The ports in memory, with the semantics of the durable stores, for tests and embedding.
