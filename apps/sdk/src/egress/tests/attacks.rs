//! What a hostile or broken outside may try.

use super::*;

#[tokio::test]
async fn bad_input_088_a_name_is_asked_once_and_pinned() {
    let wire = Wire::serve(vec![answer("200 OK", "", b"ok")]).await;
    let port = Url::parse(&wire.origin).unwrap().port().unwrap();
    let url = Url::parse(&format!("http://flip.test:{port}/")).unwrap();
    let names = Names::new(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let egress = Egress::with_lookup(config("127.0.0.0/8"), ids(), names);
    assert!(egress.send(None, Request::get(url.clone())).await.is_ok());
    assert!(egress.send(None, Request::get(url)).await.is_ok(), "still the answer that was judged");
}

#[tokio::test]
async fn bad_input_088_unknown_and_slow_names() {
    struct Slow;
    #[async_trait]
    impl Lookup for Slow {
        async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            std::future::pending().await
        }
    }
    let url = Url::parse("https://nowhere.test/").unwrap();
    let unknown = Egress::with_lookup(config(""), ids(), Names::new(&[]));
    let error = unknown.send(None, Request::get(url.clone())).await.unwrap_err();
    assert_eq!(error, EgressError::NameNotFound { host: "nowhere.test".to_owned() });
    let slow = Egress::with_lookup(config(""), ids(), Arc::new(Slow));
    let error = slow.send(None, Request::get(url)).await.unwrap_err();
    assert_eq!(error, EgressError::Timeout { host: "nowhere.test".to_owned(), wait: Wait::Lookup });
}

#[tokio::test]
async fn bad_input_089_redirects_are_reported_and_never_followed() {
    for (status, location) in [
        ("301 Moved", "http://127.0.0.1:22/"),
        ("302 Found", "//evil.test/"),
        ("303 See Other", "http://169.254.169.254/"),
        ("307 Temporary Redirect", "/loop"),
        ("308 Permanent Redirect", "https://other.test/"),
    ] {
        let wire = Wire::serve(vec![answer(status, &format!("location: {location}\r\n"), b"")]).await;
        let session = session(&wire.origin);
        let error =
            egress("127.0.0.0/8").send(Some(&session), Request::get(wire.url("/"))).await.unwrap_err();
        assert!(matches!(&error, EgressError::Redirect { location: to, .. } if to == location), "{error}");
        assert_eq!(wire.asked().len(), 1);
    }
}

#[tokio::test]
async fn bad_input_089_credentials_go_to_their_own_origin_only() {
    let wire = Wire::serve(vec![answer("200 OK", "", b"ok")]).await;
    let session = session("https://example.org");
    let error = egress("127.0.0.0/8").send(Some(&session), Request::get(wire.url("/"))).await.unwrap_err();
    assert_eq!(error.code(), "FOREIGN_ORIGIN");
    assert!(wire.asked().is_empty());
}

#[tokio::test]
async fn bad_input_094_stored_credentials_do_not_go_to_an_attackers_address() {
    let wire = Wire::serve(vec![answer("200 OK", "", b"ok")]).await;
    let mut session = session("https://example.org");
    session.address = format!("{}/", wire.origin);
    let error = egress("127.0.0.0/8").send(Some(&session), Request::get(wire.url("/"))).await.unwrap_err();
    assert!(matches!(error, EgressError::Refused(Refusal::ForeignOrigin { .. })));
    assert!(wire.asked().is_empty());
}

#[tokio::test]
async fn bad_input_092_a_kept_connection_obeys_new_rules() {
    let wire = Wire::serve(vec![answer("200 OK", "", b"ok")]).await;
    let egress = egress("127.0.0.0/8");
    assert!(egress.send(None, Request::get(wire.url("/"))).await.is_ok());
    egress.set_allow(Vec::new());
    let error = egress.send(None, Request::get(wire.url("/"))).await.unwrap_err();
    assert_eq!(error.code(), "ADDRESS_REFUSED");
    assert_eq!(wire.asked().len(), 1);
}

#[tokio::test]
async fn bad_input_102_a_truncated_gzip_is_broken_compression() {
    let cut = answer("200 OK", "content-encoding: gzip\r\n", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x8b");
    let wire = Wire::serve(vec![cut]).await;
    let error = egress("127.0.0.0/8").send(None, Request::get(wire.url("/"))).await.unwrap_err();
    assert!(matches!(error, EgressError::Encoding { .. }), "{error}");
    assert!(error.is_transient());
}

/// What arrives, and whether the error says so.
type Case = (&'static [u8], fn(&EgressError) -> bool);

#[tokio::test]
async fn bad_input_103_broken_and_endless_answers_end() {
    let cases: [Case; 5] = [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort<cut>", |e| {
            matches!(e, EgressError::Reset { .. })
        }),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort", |e| {
            matches!(e, EgressError::Timeout { wait: Wait::Idle, .. })
        }),
        (b"HTTP/1.1 200 OK\r\n", |e| matches!(e, EgressError::Timeout { wait: Wait::Total, .. })),
        (b"SSH-2.0-OpenSSH<cut>", |e| matches!(e, EgressError::Malformed { .. })),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n", |e| {
            matches!(e, EgressError::TooLarge { .. })
        }),
    ];
    for (bytes, expected) in cases {
        let wire = Wire::serve(vec![bytes.to_vec()]).await;
        let error = egress("127.0.0.0/8").send(None, Request::get(wire.url("/"))).await.unwrap_err();
        assert!(expected(&error), "{} gave {error:?}", String::from_utf8_lossy(bytes));
    }
}

#[tokio::test]
async fn bad_input_103_a_drip_of_bytes_ends_at_the_total_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _asked = stream.read(&mut [0; 4096]).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        while stream.write_all(b"1\r\nx\r\n").await.is_ok() {
            tick.tick().await;
        }
    });
    let error = egress("127.0.0.0/8").send(None, Request::get(url)).await.unwrap_err();
    assert!(matches!(error, EgressError::Timeout { wait: Wait::Total, .. }), "{error:?}");
}

#[tokio::test]
async fn bad_input_104_retry_after_pauses_the_whole_connection() {
    let busy = answer("429 Too Many Requests", "retry-after: 30\r\n", b"");
    let wire = Wire::serve(vec![busy]).await;
    let egress = egress("127.0.0.0/8");
    let session = session(&wire.origin);
    let response = egress.send(Some(&session), Request::get(wire.url("/"))).await.unwrap();
    assert_eq!(response.status.as_u16(), 429);
    let pause = egress.pace(&session.connection).paused_for().unwrap();
    assert!(pause > Duration::from_secs(28) && pause <= Duration::from_secs(30));
}

#[tokio::test]
async fn a_closed_port_is_a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = egress("127.0.0.0/8").send(None, Request::get(url)).await.unwrap_err();
    assert!(matches!(error, EgressError::ConnectionRefused { .. }), "{error:?}");
}

#[test]
fn bad_input_090_proxies_named_in_the_environment_are_not_used() {
    // The environment belongs to the whole process, so the call is made in one of its own.
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "egress::tests::a_call_carries_our_name_and_the_credentials_and_keeps_the_connection",
        ])
        .envs(
            ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:1")),
        )
        .env("NO_PROXY", "")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}
