//! Values as people write them: `10s`, `2MiB`, `127.0.0.0/8`.

use std::time::Duration;

/// A time: whole number with `ms`, `s`, `m` or `h`.
pub fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let number: u64 =
        number.parse().map_err(|_| "write a whole number and a unit, such as 10s".to_owned())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        "h" => Ok(Duration::from_secs(number.saturating_mul(3_600))),
        _ => Err("end it with ms, s, m or h, such as 10s".to_owned()),
    }
    .and_then(|time| {
        let sane = time > Duration::ZERO && time <= Duration::from_hours(24);
        if sane { Ok(time) } else { Err("choose a time above zero and up to 24h".to_owned()) }
    })
}

/// A time in days, at least one.
pub fn days(text: &str) -> Result<u64, String> {
    let wrong = || "write whole days from 1d to 3650d, such as 30d".to_owned();
    let days: u64 = text.trim().strip_suffix('d').and_then(|days| days.parse().ok()).ok_or_else(wrong)?;
    if (1..=3_650).contains(&days) { Ok(days) } else { Err(wrong()) }
}

/// A size in bytes: whole number, alone or with `KiB`, `MiB` or `GiB`.
pub fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text);
    let number: u64 =
        number.parse().map_err(|_| "write a whole number and a unit, such as 2MiB".to_owned())?;
    let factor = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err("end it with B, KiB, MiB or GiB, such as 2MiB".to_owned()),
    };
    number.checked_mul(factor).ok_or_else(|| "choose a smaller size".to_owned())
}

pub fn count(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "write a whole number above zero".to_owned())
}

pub fn yes(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "write true or false".to_owned())
}

/// Networks, separated by commas; a lone address is a network of one.
pub fn networks(text: &str) -> Result<Vec<ipnet::IpNet>, String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(network).collect()
}

fn network(text: &str) -> Result<ipnet::IpNet, String> {
    text.parse::<ipnet::IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from))
        .map_err(|_| format!("`{text}` is not a network; write it like 10.0.0.0/8 or ::1"))
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_read_as_written() {
        assert_eq!(time("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(time("2 m"), Ok(Duration::from_mins(2)));
        assert_eq!(size("2MiB"), Ok(2 << 20));
        assert_eq!(size("512"), Ok(512));
        for bad in ["", "10", "-1s", "0s", "25h", "1e3s", "99999999999999999999s"] {
            assert!(time(bad).is_err(), "{bad}");
        }
        assert_eq!(days("30d"), Ok(30));
        for bad in ["", "30", "0d", "1h", "-1d", "99999d"] {
            assert!(days(bad).is_err(), "{bad}");
        }
        for bad in ["", "1kb", "-1", "99999999999GiB", "1.5MiB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bad_input_018_networks_are_compared_as_numbers() {
        let nets = networks("10.0.0.0/8, ::1").unwrap();
        assert!(nets.iter().any(|n| n.contains(&"10.2.3.4".parse::<std::net::IpAddr>().unwrap())));
        assert!(!nets.iter().any(|n| n.contains(&"110.0.0.1".parse::<std::net::IpAddr>().unwrap())));
        assert!(networks("10.0.0").is_err());
    }
}
