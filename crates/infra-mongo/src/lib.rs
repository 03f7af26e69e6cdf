//! The ports on MongoDB, with a broadcaster over one change stream.
