use super::super::config::EgressConfig;
use super::*;

fn verdict(url: &str, addresses: &[&str], allow: &str) -> Result<(), Refusal> {
    let allow = EgressConfig::parse_allow(allow).unwrap();
    let target = target(&Url::parse(url).unwrap(), &allow)?;
    let addresses: Vec<IpAddr> = match target.literal {
        Some(address) => vec![address],
        None => addresses.iter().map(|text| text.parse().unwrap()).collect(),
    };
    judge(&target, &addresses, &allow)
}

fn kind(url: &str) -> Option<Blocked> {
    match verdict(url, &["127.0.0.1"], "") {
        Err(Refusal::Address { kind, .. }) => Some(kind),
        _ => None,
    }
}

#[test]
fn bad_input_081_every_spelling_of_this_machine_is_refused() {
    for host in
        ["127.0.0.1", "localhost", "localhost.", "LOCALHOST", "127.1", "2130706433", "0x7f.1", "017700000001"]
    {
        assert_eq!(kind(&format!("https://{host}/")), Some(Blocked::Loopback), "{host}");
    }
    assert_eq!(kind("http://0/"), Some(Blocked::ThisNetwork));
    assert_eq!(kind("http://0.0.0.0/"), Some(Blocked::ThisNetwork));
}

#[test]
fn bad_input_082_bracketed_spellings_of_this_machine_are_refused() {
    for host in ["[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:0:0:1]"] {
        assert_eq!(kind(&format!("https://{host}/")), Some(Blocked::Loopback), "{host}");
    }
    assert!(Url::parse("https://[fe80::1%25eth0]/").is_err());
}

#[test]
fn bad_input_084_metadata_names_are_refused_whatever_they_resolve_to() {
    let refused = verdict("http://metadata.google.internal/", &["8.8.8.8"], "");
    assert!(matches!(refused, Err(Refusal::MetadataName(_))));
}

#[test]
fn bad_input_085_tricks_of_spelling_do_not_hide_a_number() {
    for url in [
        "https://127。0。0。1/",
        "https://①②⑦.0.0.1/",
        "https://127.0.0.1#@good.example",
        "https:\\\\127.0.0.1\\",
    ] {
        assert_eq!(kind(url), Some(Blocked::Loopback), "{url}");
    }
    assert_eq!(verdict("https://good.example@127.0.0.1/", &[], ""), Err(Refusal::UserInfo));
    assert!(Url::parse("https://xn--example-.org/").is_err(), "punycode that encodes nothing");
}

#[test]
fn bad_input_086_other_schemes_are_refused() {
    for url in
        ["file:///etc/passwd", "gopher://a.example", "ftp://a.example", "unix:/x", "data:,x", "javascript:1"]
    {
        assert!(matches!(verdict(url, &[], ""), Err(Refusal::Scheme(_))), "{url}");
    }
    assert_eq!(verdict("HTTPS://a.example/", &["8.8.8.8"], ""), Ok(()));
}

#[test]
fn bad_input_087_ports_of_other_services_are_refused() {
    for port in [22, 25, 2113, 4222, 5432, 6379, 0, 9999] {
        let refused = verdict(&format!("https://a.example:{port}/"), &["8.8.8.8"], "");
        assert_eq!(refused, Err(Refusal::Port(port)));
    }
    assert!(Url::parse("https://a.example:65536/").is_err());
    for port in [80, 443, 8080, 8443] {
        assert_eq!(verdict(&format!("https://a.example:{port}/"), &["8.8.8.8"], ""), Ok(()));
    }
}

#[test]
fn bad_input_088_one_bad_address_among_good_ones_refuses_all() {
    let refused = verdict("https://a.example/", &["8.8.8.8", "10.0.0.1"], "");
    assert!(matches!(refused, Err(Refusal::Address { kind: Blocked::Private, .. })));
    assert!(verdict("https://a.example/", &["fd00::1"], "").is_err());
    let many = vec!["8.8.8.8"; ADDRESSES_MAX + 1];
    assert!(matches!(verdict("https://a.example/", &many, ""), Err(Refusal::TooManyAddresses { .. })));
    let local = verdict("https://intranet/", &["8.8.8.8"], "");
    assert_eq!(local, Err(Refusal::LocalName("intranet".to_owned())));
}

#[test]
fn bad_input_093_an_allow_rule_opens_only_what_it_names() {
    assert_eq!(verdict("http://127.0.0.1:34567/", &[], "127.0.0.0/8"), Ok(()));
    assert_eq!(verdict("http://localhost:34567/", &["127.0.0.1", "::1"], "127.0.0.0/8"), Ok(()));
    assert_eq!(verdict("http://127.0.0.1:22/", &[], "127.0.0.0/8"), Err(Refusal::Port(22)));
    assert_eq!(verdict("http://127.0.0.1:22/", &[], "127.0.0.0/8:22"), Ok(()));
    assert_eq!(verdict("http://10.1.0.1:8444/", &[], "10.1.0.0/16:8443"), Err(Refusal::Port(8444)));
    let named = "intranet.example=10.2.0.0/16";
    assert_eq!(verdict("http://intranet.example/", &["10.2.0.1"], named), Ok(()));
    assert!(verdict("http://other.example/", &["10.2.0.1"], named).is_err());
    let rebound =
        verdict("http://intranet.example/", &["169.254.169.254"], "intranet.example=169.254.0.0/16");
    assert!(matches!(rebound, Err(Refusal::Address { kind: Blocked::Metadata, .. })));
}
