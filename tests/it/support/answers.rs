//! A server that answers as a test wants it, one connection per request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: String,
    pub body: String,
}

impl Asked {
    /// The event that it carries.
    #[track_caller]
    pub fn event(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("an event")
    }

    /// The type of the event that it carries, or its method.
    pub fn event_type(&self) -> String {
        let event: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        event["eventType"].as_str().unwrap_or(&self.method).to_owned()
    }
}

/// Answers every request with what the function says: status line and headers, or nothing at all.
pub struct Answers {
    /// Its base address.
    pub base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Answers {
    /// Starts it on a free port. `answer` gets the number of the request, from 0.
    pub fn start(answer: impl Fn(usize, &Asked) -> Option<String> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(request) = read(&stream) else { continue };
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let reply = answer(kept.len(), &request);
                kept.push(request);
                drop(kept);
                if let Some(head) = reply {
                    let text = format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    drop((&stream).write_all(text.as_bytes()));
                }
            }
        });
        Self { base, asked }
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") && headers != "\r\n" {
        if reader.read_line(&mut headers).ok()? == 0 {
            return None;
        }
    }
    let headers = headers.to_ascii_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path, headers, body: String::from_utf8_lossy(&body).into_owned() })
}
