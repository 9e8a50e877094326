//! Bad inputs 1–20 as far as an accept loop can answer them.

use super::*;

#[tokio::test]
async fn bad_input_001_dripped_headers_end_at_the_deadline() {
    let server = start(limits()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HT").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(matches!(status(&answer), "closed" | "408"), "{answer}");
}

#[tokio::test]
async fn bad_input_002_013_a_body_that_does_not_come_is_refused_in_time() {
    let server = start(limits()).await;
    let answer = server.exchange("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx").await;
    assert_eq!(status(&answer), "408", "{answer}");
    let waiting = "POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
    let answer = server.exchange(waiting).await;
    assert!(answer.starts_with("HTTP/1.1 100 Continue") && answer.contains("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn bad_input_003_a_client_that_takes_nothing_is_cut_off() {
    let server = start(Limits { connections: 1, ..limits() }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let freed = async {
        loop {
            if status(&server.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await)
                == "200"
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(BOUND, freed).await.expect("the only place is given back");
}

#[tokio::test]
async fn bad_input_004_silent_connections_are_capped_and_closed() {
    let server = start(limits()).await;
    let mut silent = vec![];
    for _ in 0..8 {
        silent.push(server.connect().await);
    }
    let answer = server.exchange("").await;
    assert_eq!(status(&answer), "503", "the ninth is turned away: {answer}");
    for stream in &mut silent {
        rest(stream).await;
    }
    let answer = server.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert_eq!(status(&answer), "200", "{answer}");
}

#[tokio::test]
async fn bad_input_005_006_no_second_request_hides_in_a_body() {
    let server = start(limits()).await;
    let smuggled = "POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n\
                    0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let answer = server.exchange(smuggled).await;
    assert!(!answer.contains("hello"), "{answer}");
    for length in ["6\r\nContent-Length: 7", "+5", "-1", "18446744073709551616", "5, 6"] {
        let request = format!("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\nhello");
        let answer = server.exchange(request).await;
        assert!(matches!(status(&answer), "400" | "closed"), "{length}: {answer}");
    }
}

#[tokio::test]
async fn bad_input_007_bodies_in_odd_pieces_are_refused_or_cut_off() {
    let server = start(limits()).await;
    let post = |coding: &str, body: &str| {
        server.exchange(format!(
            "POST /length HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: {coding}\r\n\r\n{body}"
        ))
    };
    let trailers = format!("1\r\nx\r\n0\r\n{}\r\n", "t: x\r\n".repeat(200_000));
    let extension = format!("1;{}\r\nx\r\n0\r\n\r\n", "e".repeat(1 << 20));
    for (coding, body) in [
        ("chunked", "fffffffffffffffff\r\nx"),
        ("chunked", "-1\r\nx"),
        ("chunked", "zz\r\nx"),
        ("chunked", &extension),
        ("chunked", &trailers),
        ("xchunked", "1\r\nx\r\n0\r\n\r\n"),
        ("chunked, identity", "1\r\nx\r\n0\r\n\r\n"),
    ] {
        let answer = post(coding, body).await;
        assert_ne!(status(&answer), "200", "{coding} {body:.20}: {answer}");
    }
}

#[tokio::test]
async fn bad_input_008_heads_are_bounded() {
    let server = start(limits()).await;
    let many = "x: y\r\n".repeat(101);
    let answer = server.exchange(format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n")).await;
    assert_eq!(status(&answer), "431", "{answer}");
    let large = "y".repeat(100 << 10);
    let answer = server.exchange(format!("GET / HTTP/1.1\r\nHost: a\r\nx: {large}\r\n\r\n")).await;
    assert!(matches!(status(&answer), "431" | "closed"), "{answer}");
    let path = "p".repeat(9 << 10);
    let answer = server.exchange(format!("GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
    assert_eq!(status(&answer), "414", "{answer}");
}

#[tokio::test]
async fn bad_input_010_a_request_names_one_host_and_no_tunnel() {
    let server = start(limits()).await;
    for request in ["GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"] {
        assert_eq!(status(&server.exchange(request).await), "400", "{request}");
    }
    for request in ["CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"] {
        assert_eq!(status(&server.exchange(request).await), "405", "{request}");
    }
}

#[tokio::test]
async fn bad_input_011_http2_prior_knowledge_is_refused() {
    let server = start(limits()).await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
    let mut stream = server.connect().await;
    stream.write_all(preface).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(!answer.starts_with('\0') && !answer.contains(" 200 "), "{answer:?}");
}

#[tokio::test]
async fn bad_input_012_pipelined_requests_are_answered_in_turn() {
    let server = start(limits()).await;
    let mut requests = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(999);
    requests.push_str("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let answer = server.exchange(requests).await;
    assert_eq!(answer.matches("200 OK").count(), 1_000);
}

#[tokio::test]
async fn bad_input_014_a_body_of_the_limit_passes_and_one_byte_more_does_not() {
    let server = start(limits()).await;
    let post = |head: &str, body: &str| {
        server.exchange(format!(
            "POST /length HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{head}\r\n\r\n{body}"
        ))
    };
    let exact = post("Content-Length: 1000", &"x".repeat(1_000)).await;
    assert!(status(&exact) == "200" && exact.ends_with("1000"), "{exact}");
    assert_eq!(status(&post("Content-Length: 1001", &"x".repeat(1_001)).await), "413");
    let chunk = format!("3e9\r\n{}\r\n0\r\n\r\n", "x".repeat(1_001));
    let answer = post("Transfer-Encoding: chunked", &chunk).await;
    assert!(status(&answer) == "413" && answer.to_lowercase().contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn bad_input_016_a_client_that_leaves_takes_nobody_with_it() {
    let server = start(limits()).await;
    for _ in 0..20 {
        let mut stream = server.connect().await;
        stream.write_all(b"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx").await.unwrap();
        stream.set_zero_linger().unwrap();
        drop(stream);
        let answer = server.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert_eq!(status(&answer), "200");
    }
}
