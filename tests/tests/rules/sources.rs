//! Finds the repository's own files.

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the root").to_path_buf()
}

/// Every file below the root with one of these endings, with its path from the root.
pub fn files(endings: &[&str]) -> Vec<(String, String)> {
    let mut found = vec![];
    collect(&root(), endings, &mut found);
    assert!(found.len() > 10, "the search for {endings:?} is broken");
    found.sort();
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("the repository is readable").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | ".git" | "node_modules" | "dist" | ".cache") {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let path =
                path.strip_prefix(root()).expect("found below the root").to_string_lossy().into_owned();
            found.push((path, text));
        }
    }
}
