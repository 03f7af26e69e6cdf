//! No case is forgotten: every public function among the cases is on its port's list.

use std::fs;
use std::io;
use std::path::Path;

/// Gives the text of every file under a directory.
fn sources(directory: &Path) -> io::Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            texts.extend(sources(&path)?);
        } else {
            texts.push(fs::read_to_string(&path)?);
        }
    }
    Ok(texts)
}

#[test]
fn every_case_is_on_the_list_of_its_port() {
    let texts = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cases")).expect("the sources can be read");
    let lines: Vec<&str> = texts.iter().flat_map(|text| text.lines()).collect();
    let mut cases = 0;
    for line in &lines {
        let Some(declared) = line.strip_prefix("pub async fn ").or_else(|| line.strip_prefix("pub fn ")) else {
            continue;
        };
        let name = declared.split('(').next().expect("a function has a name");
        let listed = lines.iter().filter(|line| line.trim() == name).count();
        assert_eq!(listed, 1, "{name} is on exactly one list");
        cases += 1;
    }
    assert!(cases > 250, "the cases were found at all");
}
