//! How fast are full pages? Also finds the largest page that the site grants. Asks only for what every import asks for:
//! rendering a hundred posts would cost the site more than the answer is worth.

use std::time::Duration;

use crate::call::Site;
use crate::details::Details;
use crate::discover::Stages;
use crate::discover::stages::Verdict;
use crate::fault::Fault;

const PROBES: usize = 2;
const SLOW: Duration = Duration::from_secs(5);

pub async fn test(site: &Site, details: &mut Details, stages: &mut Stages<'_>) {
    let begun = stages.begin("speed", "Speed");
    let mut times = Vec::with_capacity(PROBES);
    let mut problem = None;
    for _ in 0..PROBES {
        let per_page = details.page_max.to_string();
        let query = [
            ("per_page", per_page.as_str()),
            ("orderby", "id"),
            ("order", "asc"),
            ("_fields", "id,modified_gmt,slug"),
        ];
        match site.get("/wp/v2/posts", &query).await {
            Ok(answer) => times.push(answer.took),
            Err(Fault::Refused { error, .. })
                if error.page_size_max().is_some_and(|max| max < details.page_max) =>
            {
                details.page_max = error.page_size_max().unwrap_or(10);
            }
            Err(fault) => problem = Some(fault.into_app_error()),
        }
    }
    times.sort_unstable();
    let verdict = match (times.get(times.len() / 2), times.last(), problem) {
        (Some(middle), Some(worst), None) => {
            let finding = format!(
                "a page of {} posts takes {} ms, at worst {} ms",
                details.page_max,
                middle.as_millis(),
                worst.as_millis()
            );
            if *middle > SLOW {
                Verdict::warned(finding, "imports will be slow; ask the site's host, or choose fewer fields")
            } else {
                Verdict::passed(finding)
            }
        }
        (_, _, Some(problem)) => Verdict::warned(
            format!("full pages do not always work: {problem}"),
            "imports fall back to smaller pages by themselves; look at the site's PHP error log",
        ),
        _ => Verdict::skipped("not measured"),
    };
    stages.end("speed", "Speed", begun, verdict);
}
