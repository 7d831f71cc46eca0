//! A collector that other machines can reach: said in red, and asked about once.

use super::warn;
use std::io::{self, BufRead, IsTerminal as _, Write};
use std::net::SocketAddr;

/// Whether to listen there. An address that other machines can reach is warned about, and asked about where somebody
/// can answer; elsewhere naming the address was the answer.
///
/// # Errors
/// When the terminal cannot be read or written.
pub fn may_listen(listen: SocketAddr) -> io::Result<bool> {
    if listen.ip().to_canonical().is_loopback() {
        return Ok(true);
    }
    warn(&format!(
        "warning: other machines can reach a collector at {listen}, and whoever reaches it can send to it"
    ));
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(true);
    }
    ask(&mut io::stdin().lock(), &mut io::stderr())
}

/// Asks once; whatever is not yes is no.
fn ask(answers: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<bool> {
    write!(out, "Listen there? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes_and_one_line_is_read() {
        for (answers, expected) in
            [("y\n", true), ("YES \n", true), ("n\ny\n", false), ("\n", false), ("", false), ("yy\n", false)]
        {
            let mut out = Vec::new();
            let listens = ask(&mut answers.as_bytes(), &mut out).expect("memory");
            assert_eq!((listens, out.as_slice()), (expected, &b"Listen there? [y/N] "[..]), "{answers:?}");
        }
    }
}
