//! Sizes and words.

use super::sources::files;

const FILE_LINES_MAX: usize = 500;
/// Words that hide what a thing is. In names of files and types, not in prose.
const VAGUE_NAMES: [&str; 8] =
    ["manager", "helper", "utils", "util", "common", "workflow", "sync_engine", "misc"];

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long: Vec<_> = files(&[".rs", ".php", ".ts", ".tsx"])
        .into_iter()
        // Written by a program, read by the compiler.
        .filter(|(path, _)| path != "web/src/api/schema.ts")
        .filter(|(_, text)| text.lines().count() > FILE_LINES_MAX)
        .map(|(path, text)| format!("{path}: {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn names_say_what_a_thing_is() {
    let vague: Vec<_> = files(&[".rs"])
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| {
            let stem = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
            VAGUE_NAMES.contains(&stem) || stem == "mod"
        })
        .collect();
    assert!(vague.is_empty(), "rename these: {vague:#?}");
}

#[test]
fn lints_are_never_silenced_without_a_reason() {
    // Written in two parts, so that this file does not find itself.
    let silent = [concat!("#[", "allow("), concat!("#![", "allow(")];
    let found: Vec<_> = files(&[".rs"])
        .into_iter()
        .filter(|(_, text)| silent.iter().any(|attribute| text.contains(attribute)))
        .map(|(path, _)| path)
        .collect();
    assert!(found.is_empty(), "use #[expect(lint, reason = \"…\")] in: {found:#?}");
}

#[test]
fn every_library_says_what_it_is_for() {
    for (path, text) in files(&["lib.rs"]) {
        let header = text.lines().take_while(|line| line.starts_with("//!")).count();
        assert!(header >= 2, "{path} needs a header of two lines or more");
        assert!(!text.contains("//! To be written"), "{path} is empty");
    }
}
