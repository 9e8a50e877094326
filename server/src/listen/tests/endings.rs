//! Panics and the end of the process.

use super::*;

#[tokio::test]
async fn a_panic_is_an_answer_and_takes_nobody_with_it() {
    let server = start(limits()).await;
    let answer = server.exchange("GET /panic HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(status(&answer) == "500" && answer.contains("INTERNAL"), "{answer}");
    assert!(!answer.contains("on purpose"), "no inner words go out");
    let answer = server.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(status(&answer) == "200" && answer.contains("nosniff"), "{answer}");
}

#[tokio::test]
async fn bad_input_165_draining_finishes_requests_and_ends_event_streams() {
    let server = start(limits()).await;
    let mut late = server.connect().await;
    late.write_all(b"GET /late HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut events = server.connect().await;
    events.write_all(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut head = [0; 15];
    events.read_exact(&mut head).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.draining.cancel();
    assert_eq!(status(&rest(&mut late).await), "200");
    rest(&mut events).await;
    tokio::time::timeout(BOUND, server.ended).await.expect("the loop ends").unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody is let in any more");
}

#[tokio::test]
async fn bad_input_165_the_drain_time_is_bounded() {
    let server = start(Limits { drain_time: SHORT, write_time: BOUND, ..limits() }).await;
    let mut stuck = server.connect().await;
    stuck.write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut head = [0; 15];
    stuck.read_exact(&mut head).await.unwrap();
    server.stop.draining.cancel();
    tokio::time::timeout(BOUND, server.ended).await.expect("the loop ends").unwrap();
}
