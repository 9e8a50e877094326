//! Typed identifiers. Each kind has a prefix, so that an id pasted into the wrong place is refused, not misread.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::problem::Rejection;

/// Longest id we accept from outside, in bytes.
pub const ID_BYTES_MAX: usize = 64;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $noun:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from a random part (lower-case letters and digits) supplied by the `Ids` port.
            pub fn new(random: &str) -> Self {
                Self(format!(concat!($prefix, "_{}"), random))
            }

            /// Accepts an id that came from outside: right prefix, letters and digits only, bounded length.
            pub fn parse(text: &str) -> Result<Self, Rejection> {
                let valid = text.len() <= ID_BYTES_MAX
                    && text.strip_prefix(concat!($prefix, "_")).is_some_and(|rest| {
                        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                    });
                if valid {
                    return Ok(Self(text.to_owned()));
                }
                Err(Rejection::new(
                    "INVALID_ID",
                    concat!("this is not the id of a ", $noun),
                    concat!("use an id that begins with ", $prefix, "_ as the list of them shows it"),
                ))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(/// One authorised instance of an app.
    ConnectionId, "cn", "connection");
id!(/// A graph of nodes, in versions.
    ScenarioId, "sc", "scenario");
id!(/// A set of field rules, in revisions.
    MappingId, "mp", "mapping");
id!(/// One execution of one scenario version.
    RunId, "rn", "run");
id!(/// A record in the embedded Portal.
    PortalId, "po", "Portal record");
id!(/// All records of a scenario that fail for the same reason.
    FailureId, "fl", "failure");
id!(/// The erasure of a person.
    ErasureId, "er", "erasure");
id!(/// An access token's public handle (never the token itself).
    TokenId, "tk", "token");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_or_with_a_path_in_it_is_refused() {
        assert!(RunId::parse("rn_0a9z").is_ok());
        for bad in ["cn_0a9z", "rn_", "rn_../etc", "rn_A", "", "rn_a\0", &format!("rn_{}", "a".repeat(80))] {
            assert_eq!(RunId::parse(bad).unwrap_err().code, "INVALID_ID", "{bad}");
        }
    }
}
