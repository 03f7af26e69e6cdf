//! The ports on an embedded SQLite database with group commit.
