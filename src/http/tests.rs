//! The client against a hand-written server: order of headers, failures told apart, interruption, redirects, pieces.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::{ErrorKind, Redirects, Request, fetch, open, send};

/// Serves one connection after the other, each request with the next script; gives the requests back as text.
fn serve(scripts: Vec<fn(&mut TcpStream)>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    thread::spawn(move || {
        for script in scripts {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0u8; 4096];
            let n = stream.read(&mut buffer).unwrap();
            sender.send(String::from_utf8_lossy(&buffer[..n]).into_owned()).unwrap();
            script(&mut stream);
        }
    });
    (address, requests)
}

fn answer(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).unwrap();
}

fn never() -> bool {
    false
}

#[test]
fn headers_keep_their_order_and_host_goes_first() {
    let (url, requests) = serve(vec![|s| answer(s, "HTTP/1.1 200 Fine\r\nX-One: 1\r\nContent-Length: 2\r\n\r\nok")]);
    let request = Request::new("GET", &url).header("User-Agent", "dialtone").header("X-MS-Forest", "0a");
    let response = fetch(request, &mut never).unwrap();
    assert_eq!((response.status, response.reason.as_str(), response.text().as_str()), (200, "Fine", "ok"));
    assert_eq!(response.headers.get("x-one"), Some("1"));
    let sent = requests.recv().unwrap();
    let names: Vec<&str> = sent.lines().skip(1).filter_map(|l| l.split_once(':')).map(|(n, _)| n).collect();
    assert_eq!(&names[..3], ["Host", "User-Agent", "X-Ms-Forest"]);
}

#[test]
fn failures_are_told_apart() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refused = fetch(Request::new("GET", &format!("http://127.0.0.1:{port}/")), &mut never).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Refused, "{refused}");
    assert_eq!(refused.authority, format!("127.0.0.1:{port}"));

    let (url, _requests) = serve(vec![|_| {}, |s| answer(s, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal")]);
    for _ in 0..2 {
        let cut = fetch(Request::new("POST", &url), &mut never).unwrap_err();
        assert_eq!(cut.kind, ErrorKind::Cut, "{cut}");
    }

    let (url, _requests) = serve(vec![|_| thread::sleep(Duration::from_secs(5))]);
    let mut request = Request::new("GET", &url);
    request.timeout = Some(Duration::from_millis(50));
    assert_eq!(fetch(request, &mut never).unwrap_err().kind, ErrorKind::Timeout);

    assert_eq!(fetch(Request::new("GET", "nonsense"), &mut never).unwrap_err().kind, ErrorKind::Invalid);
}

#[test]
fn a_wait_ends_when_interrupted() {
    let (url, _requests) = serve(vec![|_| thread::sleep(Duration::from_secs(5))]);
    let pending = send(Request::new("GET", &url)).unwrap();
    let start = Instant::now();
    let error = pending.wait(&mut || true).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Interrupted);
    assert!(start.elapsed() < Duration::from_millis(500));
}

#[test]
fn redirects_are_followed_on_request_and_a_post_becomes_a_get() {
    fn moved(s: &mut TcpStream) {
        answer(s, "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    fn done(s: &mut TcpStream) {
        answer(s, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
    }
    let (url, requests) = serve(vec![moved, moved, done]);
    assert_eq!(fetch(Request::new("GET", &url), &mut never).unwrap().status, 302);
    requests.recv().unwrap();

    let mut request = Request::new("POST", &url).body("text/plain", "x");
    request.redirects = Redirects { limit: 3, ..Redirects::default() };
    let response = fetch(request, &mut never).unwrap();
    assert_eq!(response.text(), "done");
    assert!(response.url.ends_with("/next"));
    assert!(requests.recv().unwrap().starts_with("POST / "));
    assert!(requests.recv().unwrap().starts_with("GET /next "));
}

#[test]
fn a_body_can_be_read_in_pieces() {
    let (url, _requests) = serve(vec![|s| {
        answer(s, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
        s.flush().unwrap();
        thread::sleep(Duration::from_millis(100));
        answer(s, "def");
    }]);
    let mut incoming = open(Request::new("GET", &url)).unwrap().wait(&mut never).unwrap();
    assert_eq!(incoming.status, 200);
    let mut pieces = Vec::new();
    while let Some(piece) = incoming.next(&mut never).unwrap() {
        pieces.push(piece);
    }
    assert_eq!(pieces.concat(), b"abcdef");
    assert!(pieces.len() > 1);
}
