//! From an address to its REST root, over a few redirects.

use app_sdk::AppError;
use app_sdk::egress::{Egress, EgressError, Method, Request, Url};

use super::{RootIndex, link};
use crate::call::get_openly;
use crate::fault::{Fault, invalid};
use crate::root::ApiRoot;

const REDIRECTS_MAX: usize = 5;
/// Home pages are looked at for one element near their beginning.
const HOME_PAGE_MAX: usize = 4 << 20;

pub struct Located {
    pub root: ApiRoot,
    pub index: RootIndex,
    /// Where the address led to, step by step.
    pub redirects: Vec<Url>,
    pub version: Option<String>,
}

pub async fn locate(egress: &Egress, address: Url) -> Result<Located, AppError> {
    let mut redirects = Vec::new();
    let home = home(egress, address, &mut redirects).await?;
    let mut last = None;
    for candidate in home.candidates() {
        match root(egress, &home.url, candidate).await {
            Ok((root, index)) => {
                index.require_core()?;
                return Ok(Located { root, index, redirects, version: home.version });
            }
            // The first candidate is the most telling one.
            Err(fault) => {
                last.get_or_insert(fault);
            }
        }
    }
    Err(match last.map(Fault::into_app_error) {
        Some(
            error @ (AppError::Unauthorized { .. }
            | AppError::Transient { .. }
            | AppError::RateLimited { .. }),
        ) => error,
        Some(error) if error.code() == "FOREIGN_API" => error,
        _ => invalid(
            "NOT_WORDPRESS",
            &format!("no WordPress REST API was found at {}", home.url),
            "check the address; if it is right, a plugin may have switched the REST API off",
        ),
    })
}

/// The site's home page, and what it says of its API.
struct Home {
    url: Url,
    stated: Option<Url>,
    version: Option<String>,
}

impl Home {
    fn candidates(&self) -> Vec<Url> {
        let base = site_of(&self.url);
        let usual = ["wp-json/", "?rest_route=/", "index.php?rest_route=/"];
        let guessed = usual.iter().filter_map(|path| base.join(path).ok());
        let mut all: Vec<Url> = self.stated.iter().cloned().chain(guessed).collect();
        all.dedup();
        all
    }
}

async fn home(egress: &Egress, address: Url, redirects: &mut Vec<Url>) -> Result<Home, AppError> {
    let mut url = address;
    loop {
        let mut request = Request::new(Method::HEAD, url.clone());
        let mut sent = egress.send(None, request).await;
        let stated = |response: &app_sdk::egress::Response| {
            let mut values = response.headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
            values.find_map(link::from_header).map(str::to_owned)
        };
        if !matches!(&sent, Ok(response) if stated(response).is_some())
            && !matches!(sent, Err(EgressError::Redirect { .. }))
        {
            // Some servers refuse HEAD, some themes only have the element.
            request = Request::get(url.clone());
            request.body_max = Some(HOME_PAGE_MAX);
            sent = egress.send(None, request).await;
        }
        match sent {
            Ok(response) => {
                let text = stated(&response).or_else(|| link::from_html(&response.body));
                let stated = text.and_then(|text| url.join(&text).ok());
                return Ok(Home { stated, version: link::version(&response.body), url });
            }
            Err(EgressError::Redirect { location, .. }) => {
                url = follow(&url, &location, redirects)?;
            }
            // A home page can be too much where the API is not.
            Err(EgressError::TooLarge { .. } | EgressError::Bomb) => {
                return Ok(Home { stated: None, version: None, url });
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn follow(from: &Url, location: &str, redirects: &mut Vec<Url>) -> Result<Url, AppError> {
    let to = from.join(location).map_err(|_| {
        invalid(
            "BAD_REDIRECT",
            &format!("{from} redirects to an unreadable address"),
            "enter the site's final address",
        )
    })?;
    let is_downgrade = from.scheme() == "https" && to.scheme() != "https";
    if is_downgrade {
        return Err(invalid(
            "INSECURE_REDIRECT",
            &format!("{from} redirects to {to}, which is not encrypted"),
            "let the site answer over https, or enter the http address if you accept that",
        ));
    }
    if redirects.contains(&to) || redirects.len() >= REDIRECTS_MAX {
        return Err(invalid(
            "REDIRECT_LOOP",
            &format!("{from} redirects again and again, at last to {to}"),
            "enter the address that the browser shows in the end",
        ));
    }
    redirects.push(to.clone());
    Ok(to)
}

async fn root(egress: &Egress, home: &Url, candidate: Url) -> Result<(ApiRoot, RootIndex), Fault> {
    let candidate = same_host(home, candidate)?;
    let mut url = candidate;
    for _ in 0..=REDIRECTS_MAX {
        match get_openly(egress, url.clone()).await {
            Ok(answer) => return Ok((ApiRoot::new(url), answer.parse::<RootIndex>()?)),
            Err(Fault::Egress(EgressError::Redirect { status, location })) => {
                let to = url.join(&location).map_err(|_| {
                    Fault::Egress(EgressError::Redirect { status, location: location.clone() })
                })?;
                url = same_host(home, to)?;
            }
            Err(fault) => return Err(fault),
        }
    }
    Err(Fault::Shape { detail: "the REST API redirects in a circle".to_owned() })
}

/// The API must be on the host that was asked: credentials will be bound to it. A site behind a proxy may name itself
/// with http; then the scheme that was used counts.
fn same_host(home: &Url, mut api: Url) -> Result<Url, Fault> {
    let same_port = api.port_or_known_default() == home.port_or_known_default()
        || (api.port().is_none() && home.port().is_none());
    if api.host() == home.host() && same_port && matches!(api.scheme(), "http" | "https") {
        if api.scheme() != home.scheme() && api.set_scheme(home.scheme()).is_err() {
            return Err(Fault::Shape { detail: "the REST API has another scheme".to_owned() });
        }
        return Ok(api);
    }
    Err(Fault::ForeignApi { home: home.to_string(), api: api.to_string() })
}

/// The folder a page is in.
fn site_of(url: &Url) -> Url {
    let mut site = url.clone();
    site.set_query(None);
    site.set_fragment(None);
    let path = url.path();
    if !path.ends_with('/') {
        let name = path.rsplit('/').next().unwrap_or_default();
        let path =
            if name.contains('.') { path.trim_end_matches(name).to_owned() } else { format!("{path}/") };
        site.set_path(&path);
    }
    site
}
