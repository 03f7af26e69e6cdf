//! The known name that a mistyped one was probably meant to be.

/// Gives the known name with the smallest edit distance (a swap of neighbours counts as one), unless even that
/// one is too far away to be meant.
pub(crate) fn nearest(typed: &str, known: impl IntoIterator<Item = String>) -> Option<String> {
    let typed = typed.to_lowercase();
    let far = typed.chars().count().max(4) / 2;
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&typed, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Says which name was probably meant, as the end of a sentence; empty if none comes near.
pub(crate) fn did_you_mean(typed: &str, known: impl IntoIterator<Item = String>) -> String {
    nearest(typed, known).map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        ["listen", "data_dir", "demo"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        assert_eq!(nearest("lisetn", known()).as_deref(), Some("listen"));
        assert_eq!(nearest("datadir", known()).as_deref(), Some("data_dir"));
    }

    #[test]
    fn a_word_that_is_far_from_all_names_finds_none() {
        assert_eq!(nearest("colour", known()), None);
    }
}
