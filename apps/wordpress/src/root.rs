//! The REST root in its two forms, and the URLs below it.

use app_sdk::egress::Url;

/// `https://example.org/wp-json/` or `https://example.org/index.php?rest_route=/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiRoot(Url);

impl ApiRoot {
    pub fn new(url: Url) -> Self {
        Self(url)
    }

    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Are permalinks pretty? Otherwise the route is a parameter.
    pub fn is_pretty(&self) -> bool {
        !self.0.query_pairs().any(|(key, _)| key == "rest_route")
    }

    /// The URL of a route (`/wp/v2/posts`), with parameters.
    pub fn route(&self, route: &str, parameters: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        let kept: Vec<(String, String)> = self
            .0
            .query_pairs()
            .filter(|(key, _)| key != "rest_route")
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        let pretty = self.is_pretty();
        if pretty {
            let path = format!("{}/{}", self.0.path().trim_end_matches('/'), route.trim_start_matches('/'));
            url.set_path(&path);
        }
        url.set_query(None);
        if !pretty || !kept.is_empty() || !parameters.is_empty() {
            let mut pairs = url.query_pairs_mut();
            if !pretty {
                pairs.append_pair("rest_route", route);
            }
            pairs.extend_pairs(kept).extend_pairs(parameters);
        }
        url
    }

    /// The site's own address: what stands before the root.
    pub fn site(&self) -> Url {
        let mut url = self.0.clone();
        url.set_query(None);
        url.set_fragment(None);
        let path = self.0.path();
        let path = path.strip_suffix("index.php").unwrap_or(path);
        let path = match path.trim_end_matches('/').rsplit_once('/') {
            Some((before, _)) if self.is_pretty() => format!("{before}/"),
            _ => path.to_owned(),
        };
        url.set_path(&path);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(text: &str) -> ApiRoot {
        ApiRoot::new(Url::parse(text).unwrap())
    }

    #[test]
    fn bad_input_115_both_forms_of_the_root_work() {
        let pretty = root("https://e.org/sub/wp-json/");
        assert_eq!(
            pretty.route("/wp/v2/users", &[("page", "2")]).as_str(),
            "https://e.org/sub/wp-json/wp/v2/users?page=2"
        );
        assert_eq!(pretty.route("/", &[]).as_str(), "https://e.org/sub/wp-json/");
        assert_eq!(pretty.site().as_str(), "https://e.org/sub/");
        let plain = root("https://e.org/sub/index.php?rest_route=/");
        assert_eq!(
            plain.route("/wp/v2/users", &[("page", "2")]).as_str(),
            "https://e.org/sub/index.php?rest_route=%2Fwp%2Fv2%2Fusers&page=2"
        );
        assert_eq!(plain.site().as_str(), "https://e.org/sub/");
        assert_eq!(root("https://e.org/?rest_route=/").site().as_str(), "https://e.org/");
        assert_eq!(root("https://e.org/index.php/wp-json/").site().as_str(), "https://e.org/index.php/");
    }
}
