//! Is the site's clock right? Changes are asked for by time.

use chrono::{DateTime, Utc};
use engine::ports::Clock;

use crate::call::Site;
use crate::discover::Stages;
use crate::discover::stages::Verdict;

/// Seconds that do no harm.
const SKEW_MAX: i64 = 120;

pub async fn test(site: &Site, clock: &dyn Clock, stages: &mut Stages<'_>) {
    let begun = stages.begin("clock", "The site's clock");
    let answer = site.get("/", &[("_fields", "name")]).await;
    let verdict = match answer.map(|answer| answer.date) {
        Ok(Some(date)) => {
            let skew = (DateTime::<Utc>::from(date) - clock.now()).num_seconds();
            if skew.abs() <= SKEW_MAX {
                Verdict::passed("the site's clock and ours agree")
            } else {
                let direction = if skew > 0 { "ahead of" } else { "behind" };
                Verdict::warned(
                    format!("the site's clock is {} {direction} ours", words(skew.unsigned_abs())),
                    "set the clock of the site's server (or of this machine) by NTP; times of changes are compared",
                )
            }
        }
        Ok(None) => Verdict::warned("the site does not say what time it is", "nothing has to be done"),
        Err(_) => Verdict::skipped("not reached"),
    };
    stages.end("clock", "The site's clock", begun, verdict);
}

fn words(seconds: u64) -> String {
    match seconds {
        0..=299 => format!("{seconds} seconds"),
        300..=7_199 => format!("{} minutes", seconds / 60),
        7_200..=172_799 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
