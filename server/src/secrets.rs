//! How a secret comes in: from a private file, from standard input, or typed unseen. Never from the command line.

use std::io::{IsTerminal, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use engine::ports::Secret;
use zeroize::Zeroizing;

use crate::exit;
use crate::output;

/// Longest secret read.
const BYTES_MAX: u64 = 4 << 10;

/// From the file (`-` is standard input), or asked for where a person sits.
pub fn take(file: Option<&Path>, what: &str, flag: &str) -> anyhow::Result<Secret> {
    match file {
        Some(path) if path == Path::new("-") => from(&mut std::io::stdin().lock(), what),
        Some(path) => from_file(path, what),
        None if std::io::stdin().is_terminal() => {
            let typed = rpassword::prompt_password(format!("{what} (not shown): "))?;
            clean(&Zeroizing::new(typed), what)
        }
        None => Err(exit::ending(
            exit::USAGE,
            format!("{what} is missing; give {flag} FILE, or {flag} - to read it from standard input"),
        )),
    }
}

/// From a file that only its owner should be able to read.
pub fn from_file(path: &Path, what: &str) -> anyhow::Result<Secret> {
    let place = path.display();
    let mut file = std::fs::File::open(path).map_err(|error| {
        exit::ending(exit::CONFIG, format!("{what} cannot be read from {place} ({error}); check the path"))
    })?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        output::complain(&format!("warning: {place} can be read by other users; run: chmod 600 {place}"));
    }
    from(&mut file, what)
}

fn from(reader: &mut impl Read, what: &str) -> anyhow::Result<Secret> {
    let mut text = Zeroizing::new(String::new());
    reader
        .take(BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(|error| exit::ending(exit::CONFIG, format!("{what} cannot be read: {error}")))?;
    clean(&text, what)
}

/// Editors end a file with a line break; that one is dropped. Any other control character is a mistake.
fn clean(text: &str, what: &str) -> anyhow::Result<Secret> {
    let cut = text.strip_suffix('\n').unwrap_or(text);
    let cut = cut.strip_suffix('\r').unwrap_or(cut);
    let sane = !cut.is_empty() && cut.len() as u64 <= BYTES_MAX && !cut.chars().any(char::is_control);
    if sane {
        return Ok(Secret::new(cut.to_owned()));
    }
    Err(exit::ending(
        exit::CONFIG,
        format!("{what} is empty, too long or not on one line; put only the secret there"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_167_a_secret_is_one_line() {
        let read =
            |text: &str| from(&mut text.as_bytes(), "the password").map(|secret| secret.expose().to_owned());
        assert_eq!(read("abcd efgh\n").unwrap(), "abcd efgh");
        assert_eq!(read("abcd\r\n").unwrap(), "abcd");
        for bad in ["", "\n", "a\nb", "a\0", &"x".repeat(5_000)] {
            assert!(read(bad).is_err());
        }
    }
}
