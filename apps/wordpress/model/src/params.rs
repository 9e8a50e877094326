//! Query parameters as PHP reads them, and the checks WordPress makes on them.

use crate::answer::Refusal;
use crate::zone::Zone;
use chrono::{DateTime, NaiveDateTime};

/// Decoded parameters in their order; `a[]=1&a[]=2` keeps both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(query: &str) -> Self {
        Self(
            query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(key, value)| (decoded(key), decoded(value)))
                .collect(),
        )
    }

    /// The last value under this name, as PHP keeps it.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A list: `a=1,2`, `a[]=1&a[]=2` or `a[0]=1`; empty when absent.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let entries = |value: &str| -> Vec<String> {
            value
                .split([',', ' '])
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let bracketed: Vec<String> = self
            .0
            .iter()
            .filter(|(key, _)| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('[')))
            .map(|(_, value)| value.clone())
            .collect();
        if bracketed.is_empty() { self.get(name).map(entries).unwrap_or_default() } else { bracketed }
    }

    /// A list of ids; anything else is refused.
    pub(crate) fn ids(&self, name: &str) -> Result<Vec<u64>, Refusal> {
        let read = |(place, text): (usize, String)| {
            text.parse().map_err(|_| {
                Refusal::parameter(
                    name,
                    "rest_invalid_type",
                    &format!("{name}[{place}] is not of type integer."),
                )
            })
        };
        self.list(name).into_iter().enumerate().map(read).collect()
    }

    /// One of the words that are allowed; the first when absent.
    pub(crate) fn word(&self, name: &str, allowed: &[&str]) -> Result<String, Refusal> {
        let given = self.get(name).unwrap_or_else(|| allowed.first().copied().unwrap_or(""));
        if allowed.contains(&given) {
            return Ok(given.to_owned());
        }
        let message = format!("{name} is not one of {}.", allowed.join(", "));
        Err(Refusal::parameter(name, "rest_not_in_enum", &message))
    }

    /// A number within bounds; an upper bound of `u64::MAX` means none.
    pub(crate) fn number(&self, name: &str, default: u64, bounds: (u64, u64)) -> Result<u64, Refusal> {
        let Some(text) = self.get(name) else { return Ok(default) };
        let Ok(number) = text.trim().parse::<i64>() else {
            return Err(Refusal::parameter(
                name,
                "rest_invalid_type",
                &format!("{name} is not of type integer."),
            ));
        };
        let (least, most) = bounds;
        match u64::try_from(number) {
            Ok(number) if number >= least && number <= most => Ok(number),
            _ if most == u64::MAX => {
                let message = format!("{name} must be greater than or equal to {least}");
                Err(Refusal::parameter(name, "rest_out_of_bounds", &message))
            }
            _ => {
                let message = format!("{name} must be between {least} (inclusive) and {most} (inclusive)");
                Err(Refusal::parameter(name, "rest_out_of_bounds", &message))
            }
        }
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(value, "1" | "true" | ""))
    }

    /// A date in site-local wall time: with a zone it is converted, without one it is taken as it stands.
    pub(crate) fn date(&self, name: &str, zone: Zone) -> Result<Option<NaiveDateTime>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let zoned = DateTime::parse_from_rfc3339(text).map(|moment| zone.local(moment.naive_utc()));
        let wall = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f");
        zoned
            .or_else(|_| wall())
            .map(Some)
            .map_err(|_| Refusal::parameter(name, "rest_invalid_date", "Invalid date."))
    }

    /// The query of a link to another page; lists are spelled out as WordPress does, `status%5B0%5D=any`.
    pub(crate) fn link_to_page(&self, page: u64, lists: &[&str]) -> String {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (key, value) in &self.0 {
            let name = key.split('[').next().unwrap_or(key);
            if name == "page"
                || name == "rest_route"
                || pairs.iter().any(|(known, _)| known.starts_with(&format!("{name}[")))
            {
                continue;
            }
            if lists.contains(&name) {
                let spelled = self.list(name).into_iter().enumerate();
                pairs.extend(spelled.map(|(place, entry)| (format!("{name}[{place}]"), entry)));
            } else {
                pairs.push((key.clone(), value.clone()));
            }
        }
        pairs.push(("page".to_owned(), page.to_string()));
        pairs
            .iter()
            .map(|(key, value)| format!("{}={}", encoded(key), encoded(value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// Percent-decoded, `+` as space; what is not UTF-8 is replaced.
pub(crate) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// As PHP's `urlencode`.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => {
                out.push('%');
                for digit in [other >> 4, other & 15] {
                    out.push(char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase());
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::moment;

    #[test]
    fn links_spell_lists_out() {
        let params = Params::parse("context=edit&status=any,trash&page=2&_fields=id,title.raw");
        let link = params.link_to_page(3, &["status"]);
        assert_eq!(link, "context=edit&status%5B0%5D=any&status%5B1%5D=trash&_fields=id%2Ctitle.raw&page=3");
    }

    #[test]
    fn a_date_with_a_zone_is_converted_and_one_without_is_site_local() {
        let zone = Zone::parse("America/New_York").unwrap();
        let date = |text: &str| Params::parse(&format!("after={text}")).date("after", zone);
        assert_eq!(date("2025-07-01T12:00:00Z").unwrap(), Some(moment("2025-07-01T08:00:00")));
        assert_eq!(date("2025-07-01T12:00:00").unwrap(), Some(moment("2025-07-01T12:00:00")));
        assert!(date("yesterday").is_err());
        assert!(date("2025-07-01T12:00:00+00:00").is_err(), "an unencoded plus is a space");
    }
}
