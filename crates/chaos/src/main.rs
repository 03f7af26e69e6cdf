//! Runs the scenarios and prints a line for each, with its figures.

#![expect(clippy::print_stdout, reason = "printing figures is what this program is for")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use chaos::random::Random;
use chaos::scenario::{Context, Outcome, Scenario, StoreChoice};
use clap::Parser;
use tokio::time::timeout;

/// Breaks Chinwag under load and checks that nothing is lost, doubled or out of order.
#[derive(Debug, Parser)]
#[command(name = "chaos")]
struct Arguments {
    /// Which scenarios; all that the store has if none is named.
    #[arg(value_name = "SCENARIO")]
    scenarios: Vec<String>,
    /// `sqlite` or a mongodb:// address, on which databases of their own are used.
    #[arg(long, default_value = "sqlite")]
    store: String,
    /// At the size of the figures instead of small.
    #[arg(long)]
    long: bool,
    /// Begins with this seed instead of a fresh one.
    #[arg(long)]
    seed: Option<u64>,
    /// What databases on a MongoDB are called, followed by a number.
    #[arg(long, default_value = "chinwag_chaos")]
    database: String,
}

impl Arguments {
    fn scenarios(&self, store: &StoreChoice) -> Result<Vec<Scenario>> {
        if self.scenarios.is_empty() {
            return Ok(Scenario::ALL.into_iter().filter(|scenario| scenario.is_for(store)).collect());
        }
        let known = || Scenario::ALL.map(Scenario::name).join(", ");
        let find = |name: &String| Scenario::ALL.into_iter().find(|scenario| scenario.name() == name);
        self.scenarios.iter().map(|name| find(name).with_context(|| format!("{name} is none of {}", known()))).collect()
    }

    fn store(&self) -> Result<StoreChoice> {
        match self.store.as_str() {
            "sqlite" => Ok(StoreChoice::Sqlite),
            uri if uri.starts_with("mongodb://") => Ok(StoreChoice::MongoDb(uri.to_owned())),
            other => bail!("{other} is no store: say sqlite or a mongodb:// address"),
        }
    }
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let store = arguments.store()?;
    let scenarios = arguments.scenarios(&store)?;
    let seed = arguments.seed.unwrap_or_else(Random::fresh_seed);
    let context = Context::new(store, &arguments.database, seed, arguments.long);
    println!("chaos on {}, seed {seed}, {}", context.store.name(), context.size("short", "long"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (mut passed, mut failed) = (0, 0);
    for scenario in scenarios {
        if runtime.block_on(run(scenario, &context)) {
            passed += 1;
        } else {
            failed += 1;
        }
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {word}. {passed} passed; {failed} failed; 0 ignored");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs one scenario and prints its line; gives whether it passed.
async fn run(scenario: Scenario, context: &Context) -> bool {
    let limit = context.size(Duration::from_secs(180), Duration::from_secs(3_600));
    let begun = Instant::now();
    let outcome = match timeout(limit, scenario.run(context)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => failed(&format!("{error:#}")),
        Err(_) => failed(&format!("it hangs: no end after {} s", limit.as_secs())),
    };
    let word = if outcome.is_passed() { "ok" } else { "FAILED" };
    println!("{:<13} {word:<6} {:>6.1} s  {}", scenario.name(), begun.elapsed().as_secs_f64(), outcome.figures);
    for complaint in &outcome.complaints {
        println!("              - {complaint}");
    }
    outcome.is_passed()
}

fn failed(why: &str) -> Outcome {
    let mut outcome = Outcome::figures("it couldn't be carried out".to_owned());
    outcome.complaints.push(why.to_owned());
    outcome
}
