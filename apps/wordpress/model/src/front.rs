//! What is not REST: the home page, the login form, pages that are not there.

use crate::answer::Answer;
use crate::state::State;
use crate::types::options::Discovery;

/// The home page; it tells where REST is as the options say.
pub(crate) fn home(state: &State) -> Answer {
    let root = format!("{}/", state.rest_prefix());
    let element = match state.options.discovery {
        Discovery::Nothing => String::new(),
        _ => format!("<link rel=\"https://api.w.org/\" href=\"{root}\" />\n"),
    };
    let (name, about) = (&state.options.name, &state.options.description);
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en-US\"><head><meta charset=\"UTF-8\" />\n<title>{name}</title>\n\
         <meta name=\"generator\" content=\"WordPress {version}\" />\n{element}</head>\n\
         <body><h1>{name}</h1><p>{about}</p></body></html>\n",
        version = state.options.version,
    );
    let answer = Answer::html(200, body);
    match state.options.discovery {
        Discovery::Header => answer.with("Link", &format!("<{root}>; rel=\"https://api.w.org/\"")),
        _ => answer,
    }
}

pub(crate) fn not_found(state: &State) -> Answer {
    let body = format!(
        "<!DOCTYPE html>\n<html><head><title>Page not found &#8211; {}</title></head></html>\n",
        state.options.name
    );
    Answer::html(404, body)
}

pub(crate) fn login() -> Answer {
    let form = "<form name=\"loginform\" id=\"loginform\" action=\"/wp-login.php\" method=\"post\"></form>";
    Answer::html(
        200,
        format!("<!DOCTYPE html>\n<html><head><title>Log In</title></head><body>{form}</body></html>\n"),
    )
}
