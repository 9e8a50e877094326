//! Settings, for those who manage options.

use crate::answer::Answer;
use crate::call::Call;
use crate::endpoint::Given;
use serde_json::json;

pub(crate) fn read(call: &Call<'_>) -> Given {
    if !call.viewer.can("manage_options") {
        return Err(call.viewer.refusal("rest_forbidden", "Sorry, you are not allowed to do that."));
    }
    let options = &call.state.options;
    Ok(Answer::value(&json!({
        "title": options.name,
        "description": options.description,
        "url": call.state.url(),
        "email": "office@example.org",
        "timezone": options.zone.name(),
        "date_format": "F j, Y",
        "time_format": "g:i a",
        "start_of_week": 1,
        "language": "",
        "use_smilies": true,
        "default_category": 1,
        "default_post_format": "0",
        "posts_per_page": 10,
        "show_on_front": "posts",
        "page_on_front": 0,
        "page_for_posts": 0,
        "default_ping_status": "open",
        "default_comment_status": "open",
        "site_logo": null,
        "site_icon": 0,
    })))
}
