//! What the documents name must exist.

use super::sources::root;

#[test]
fn every_path_that_a_document_names_exists() {
    let mut missing = vec![];
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(root().join(document)).expect("the document exists");
        for path in text.split('`').skip(1).step_by(2).filter(|quoted| looks_like_a_path(quoted)) {
            if !root().join(path.trim_end_matches('/')).exists() {
                missing.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// `a/b.rs`, `docs/adr/`; not URLs, routes, types, commands or patterns.
fn looks_like_a_path(quoted: &str) -> bool {
    quoted.contains('/')
        && quoted.starts_with(|c: char| c.is_ascii_lowercase() || c == '.')
        && quoted.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
        && !["application/", "text/", "api/", "http", "wp/", "wp-json/"].iter().any(|p| quoted.starts_with(p))
}
