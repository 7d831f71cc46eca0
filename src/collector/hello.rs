//! The first words of a client in a tunnel: which server it asks for, if they are those of TLS.

use tokio_rustls::rustls::server::Acceptor;

/// What is known of the first words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hello {
    /// There must be more.
    Incomplete,
    /// TLS that asks for this name.
    Named(String),
    /// TLS without a name, or something else.
    Unnamed,
}

/// Takes the first words as they come.
#[derive(Default)]
pub struct Hearing {
    acceptor: Acceptor,
}

impl Hearing {
    /// Takes what came next.
    #[must_use]
    pub fn hear(&mut self, mut bytes: &[u8]) -> Hello {
        while !bytes.is_empty() {
            if !matches!(self.acceptor.read_tls(&mut bytes), Ok(1..)) {
                return Hello::Unnamed;
            }
            match self.acceptor.accept() {
                Ok(None) => {}
                Ok(Some(hello)) => {
                    let name = hello.client_hello().server_name().map(str::to_owned);
                    return name.map_or(Hello::Unnamed, Hello::Named);
                }
                Err(_) => return Hello::Unnamed,
            }
        }
        Hello::Incomplete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_tls_has_no_name() {
        assert_eq!(Hearing::default().hear(b""), Hello::Incomplete);
        assert_eq!(Hearing::default().hear(b"\x16\x03\x01"), Hello::Incomplete);
        assert_eq!(Hearing::default().hear(b"GET / HTTP/1.1\r\n\r\n"), Hello::Unnamed);
        assert_eq!(Hearing::default().hear(b"\x16\x03\x01\x00\x05\x02\x00\x00\x01\x00"), Hello::Unnamed);
    }
}
