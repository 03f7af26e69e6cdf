//! The contract of each port as test cases, a fixed clock, sequential ids and builders.
