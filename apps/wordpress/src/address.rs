//! What a person types, made into one address.

use std::net::IpAddr;

use app_sdk::AppError;
use app_sdk::egress::Url;

const TYPED_BYTES_MAX: usize = 2048;

/// `Example.org/blog/wp-admin/` becomes `https://example.org/blog/`. The scheme defaults to https, and to http on this
/// machine, which no certificate names; the path of a sub-directory stays; what belongs to WordPress itself goes.
pub fn normalise(typed: &str) -> Result<Url, AppError> {
    let typed = typed.trim();
    if typed.is_empty() || typed.len() > TYPED_BYTES_MAX {
        return Err(refuse("the address is empty or too long"));
    }
    if typed.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(refuse("the address holds spaces, control characters or backslashes"));
    }
    let has_scheme = typed.contains("://");
    let text = if has_scheme { typed.to_owned() } else { with_scheme(typed)? };
    let mut url =
        Url::parse(&text).map_err(|error| refuse(&format!("this is not a web address ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse(&format!("`{}` is not a web address", url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("the address holds a user name or password; they are asked for separately"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("the address has a query (?) or fragment (#)"));
    }
    let path = site_path(url.path());
    url.set_path(&path);
    if let Some(host) = url.host_str().and_then(|host| host.strip_suffix('.')).map(str::to_owned) {
        url.set_host(Some(&host)).map_err(|error| refuse(&error.to_string()))?;
    }
    if !has_scheme && is_this_machine(&url) && url.set_scheme("http").is_err() {
        return Err(refuse("this is not a web address"));
    }
    Ok(url)
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || literal.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A colon before the first slash is a port, unless what stands before it is a scheme.
fn with_scheme(typed: &str) -> Result<String, AppError> {
    let head = typed.split('/').next().unwrap_or_default();
    if let Some((before, after)) = head.split_once(':')
        && !head.starts_with('[')
        && (after.is_empty() || !after.bytes().all(|byte| byte.is_ascii_digit()))
        && !before.contains('@')
    {
        return Err(refuse(&format!("`{before}:` is not a web address")));
    }
    Ok(format!("https://{}", typed.trim_start_matches('/')))
}

/// The path up to what WordPress adds, with a slash at the end.
fn site_path(path: &str) -> String {
    let kept: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .take_while(|segment| {
            !matches!(*segment, "wp-json" | "wp-admin" | "wp-login.php" | "index.php" | "xmlrpc.php")
        })
        .collect();
    if kept.is_empty() { "/".to_owned() } else { format!("/{}/", kept.join("/")) }
}

fn refuse(reason: &str) -> AppError {
    AppError::Invalid {
        code: "INVALID_ADDRESS".to_owned(),
        message: reason.to_owned(),
        remedy: "enter the address of the site's home page, like https://example.org".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_addresses_become_the_site() {
        for (typed, expected) in [
            (" example.org ", "https://example.org/"),
            ("EXAMPLE.org/Blog", "https://example.org/Blog/"),
            ("example.org:8443/blog/wp-json/wp/v2", "https://example.org:8443/blog/"),
            ("http://example.org/wp-admin/users.php", "http://example.org/"),
            ("https://example.org./wp-login.php", "https://example.org/"),
            ("HTTPS://example.org", "https://example.org/"),
            ("//example.org", "https://example.org/"),
            ("[2606:4700::1]:8080", "https://[2606:4700::1]:8080/"),
            ("127.0.0.1:8081/blog", "http://127.0.0.1:8081/blog/"),
            ("[::1]:8081", "http://[::1]:8081/"),
            ("localhost:8081", "http://localhost:8081/"),
            ("https://127.0.0.1:8081", "https://127.0.0.1:8081/"),
            ("10.0.0.1", "https://10.0.0.1/"),
        ] {
            assert_eq!(normalise(typed).unwrap().as_str(), expected, "{typed}");
        }
    }

    #[test]
    fn bad_input_085_tricks_in_the_typed_address_are_refused() {
        for typed in [
            "https://good@127.0.0.1",
            "https://127.0.0.1#@good",
            "https:\\\\good.example",
            "https://exa\tmple.org",
            "https://example.org\n.evil.test",
            "https://a:b@example.org",
            "https://example.org/?x=1",
            "https://xn--example-.org/",
            "",
            " ",
            "https://",
        ] {
            assert!(normalise(typed).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn bad_input_086_other_schemes_are_refused() {
        for typed in [
            "file:///etc/passwd",
            "gopher://a",
            "ftp://a",
            "unix:/a",
            "data:,x",
            "javascript:alert(1)",
            "mailto:x",
        ] {
            assert!(normalise(typed).is_err(), "{typed}");
        }
    }
}
