//! What can be wrong, counted.

use std::collections::BTreeMap;
use std::fmt;

/// How many examples of each fault are kept in words.
const EXAMPLES: usize = 3;

/// A promise that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// An acknowledged message isn't there.
    Lost,
    /// A message is there twice, or was delivered twice.
    Doubled,
    /// A number was left out, in the store or for somebody who watched.
    Gap,
    /// Two saw different orders, or numbers were given twice.
    Disorder,
    /// Something is there, or was shown, that was refused, never stored or never sent.
    Ghost,
    /// An acknowledged edit, deletion or reaction isn't there.
    Undone,
    /// A client holds something else than the store.
    Diverged,
}

impl Fault {
    /// Every fault, in the order in which they are printed.
    pub const ALL: [Self; 7] =
        [Self::Lost, Self::Doubled, Self::Gap, Self::Disorder, Self::Ghost, Self::Undone, Self::Diverged];

    /// Gives the word that is printed with the count.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::Gap => "gaps",
            Self::Disorder => "out of order",
            Self::Ghost => "ghosts",
            Self::Undone => "undone",
            Self::Diverged => "diverged",
        }
    }
}

/// Faults with their counts and some examples.
#[derive(Debug, Clone, Default)]
pub struct Faults(BTreeMap<Fault, (usize, Vec<String>)>);

impl Faults {
    /// Adds one; the text is made only while it is wanted.
    pub fn add(&mut self, fault: Fault, text: impl FnOnce() -> String) {
        let (count, examples) = self.0.entry(fault).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(text());
        }
    }

    /// Adds everything another one holds.
    pub fn merge(&mut self, other: Self) {
        for (fault, (count, examples)) in other.0 {
            let (sum, kept) = self.0.entry(fault).or_default();
            *sum += count;
            kept.extend(examples.into_iter().take(EXAMPLES.saturating_sub(kept.len())));
        }
    }

    /// Counts faults of one kind.
    pub fn count(&self, fault: Fault) -> usize {
        self.0.get(&fault).map_or(0, |(count, _)| *count)
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the examples in words.
    pub fn examples(&self) -> impl Iterator<Item = &str> {
        self.0.values().flat_map(|(_, examples)| examples.iter().map(String::as_str))
    }
}

/// Writes the three counts that are always of interest, and the others if they aren't 0.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for fault in Fault::ALL {
            let count = self.count(fault);
            if count > 0 || matches!(fault, Fault::Lost | Fault::Doubled | Fault::Gap) {
                write!(f, "{separator}{} {count}", fault.word())?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_that_matter_most_are_always_named() {
        let mut faults = Faults::default();
        assert_eq!(faults.to_string(), "lost 0, doubled 0, gaps 0");
        (0..5).for_each(|number| faults.add(Fault::Ghost, || format!("ghost {number}")));
        assert_eq!(faults.to_string(), "lost 0, doubled 0, gaps 0, ghosts 5");
        assert_eq!(faults.examples().collect::<Vec<_>>(), ["ghost 0", "ghost 1", "ghost 2"]);
    }

    #[test]
    fn merging_adds_up() {
        let (mut one, mut other) = (Faults::default(), Faults::default());
        one.add(Fault::Lost, || "a".to_owned());
        other.add(Fault::Lost, || "b".to_owned());
        one.merge(other);
        assert_eq!((one.count(Fault::Lost), one.examples().count()), (2, 2));
    }
}
