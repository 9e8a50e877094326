//! How many records per second one core serves, over one connection that is kept alive.
//!
//! `cargo run --release -p wordpress-model --example serving_speed`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;
use wordpress_model::{SAMPLE_LOGIN, SAMPLE_PASSWORD, Shape, Site};

const PAGES: u64 = 1_000;

fn main() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let generated =
        Site::generated(Shape { users: 1_000_000, posts: 1_000_000, content_bytes: 2_000, seed: 1 });
    generated.add_account(SAMPLE_LOGIN, SAMPLE_PASSWORD, "administrator");
    let sample = Site::sample();
    runtime.block_on(async {
        let running = generated.serve(([127, 0, 0, 1], 0).into()).await?;
        let small = sample.serve(([127, 0, 0, 1], 0).into()).await?;
        let (large, small) = (running.url.clone(), small.url.clone());
        let client = tokio::task::spawn_blocking(move || {
            measure("generated users", &large, "users?context=edit&orderby=id&order=asc", 9_000)?;
            measure("generated posts of 2 kB", &large, "posts?context=edit&orderby=id&order=asc", 9_000)?;
            measure("sample posts, cached", &small, "posts?context=edit&orderby=id&order=asc", 1)
        });
        client.await.map_err(std::io::Error::other)?
    })
}

fn measure(what: &str, url: &str, query: &str, pages: u64) -> std::io::Result<()> {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(1 << 20, stream.try_clone()?);
    let token = STANDARD.encode(format!("{SAMPLE_LOGIN}:{SAMPLE_PASSWORD}"));
    let (mut started, mut bytes, mut records, mut each) = (Instant::now(), 0, 0, 0);
    for number in 0..PAGES {
        let page = 1 + number % pages;
        let path = format!("/wp-json/wp/v2/{query}&per_page=100&page={page}");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {token}\r\n\r\n")?;
        let body = body(&mut reader)?;
        bytes += body.len();
        // Counting takes longer than serving: every page has as many records as the first.
        if number == 0 {
            each = body.windows(13).filter(|part| part == b"\"collection\":").count();
            started = Instant::now();
        } else {
            records += each;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let mean = bytes / records.max(1);
    println!("{what}: {records} records of {mean} bytes in {seconds:.2} s");
    Ok(())
}

fn body(reader: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some(text) = line.strip_prefix("content-length: ") {
            length = text.trim().parse().map_err(std::io::Error::other)?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}
