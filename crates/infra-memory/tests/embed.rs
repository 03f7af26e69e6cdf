//! The example of another service that embeds the domain runs and stays short.

#[path = "../examples/embed.rs"]
mod example;

#[test]
fn the_example_runs_to_its_end() {
    example::main().expect("every step of it succeeds");
}

#[test]
fn the_example_is_shorter_than_60_lines() {
    assert!(include_str!("../examples/embed.rs").lines().count() < 60);
}
