//! Under which addresses a collector can be reached, as they are printed and put into certificates.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The addresses of a collector that listens at `listen`, the most useful first. One that listens everywhere is
/// reached by the address that this machine has in its network, and by loopback.
#[must_use]
pub fn reachable(listen: SocketAddr) -> Vec<SocketAddr> {
    if !listen.ip().is_unspecified() {
        return vec![listen];
    }
    // Addresses of documentation (RFC 5737, RFC 3849): nothing is sent there, the system is only asked which way it
    // would go.
    let v4 = outward(Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into());
    let v6 = outward(Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into());
    let v6 = v6.filter(|_| listen.is_ipv6());
    let loopback = match listen.ip() {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    let mut found: Vec<SocketAddr> = Vec::new();
    for ip in v4.into_iter().chain(v6).chain([loopback]) {
        let address = SocketAddr::new(ip, listen.port());
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// The address from which this machine would talk to `to`.
fn outward(from: IpAddr, to: IpAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind((from, 0)).ok()?;
    socket.connect((to, 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified()).then_some(address)
}

/// The authorities (address and port) under which the collector shows pages. Browsers leave out the usual port.
#[must_use]
pub fn printed(listen: SocketAddr) -> Vec<String> {
    let bare = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let usual = matches!(listen.port(), 80 | 443);
    let names = |address: SocketAddr| [Some(address.to_string()), usual.then(|| bare(address))];
    reachable(listen).into_iter().flat_map(names).flatten().collect()
}

/// The names and addresses that the certificate of a collector is for.
#[must_use]
pub fn hosts(listen: SocketAddr) -> Vec<String> {
    let mut hosts: Vec<String> = reachable(listen).iter().map(|address| address.ip().to_string()).collect();
    hosts.push("localhost".to_owned());
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_reached_as_it_is_and_everywhere_by_loopback_too() {
        let listen: SocketAddr = "127.0.0.1:80".parse().expect("an address");
        assert_eq!(reachable(listen), [listen]);
        assert_eq!(hosts(listen), ["127.0.0.1", "localhost"]);
        assert_eq!(printed(listen), ["127.0.0.1:80", "127.0.0.1"]);
        assert_eq!(printed("[::1]:81".parse().expect("an address")), ["[::1]:81"]);
        for (everywhere, loopback) in [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80")] {
            let found = reachable(everywhere.parse().expect("an address"));
            assert_eq!(found.last().map(ToString::to_string).as_deref(), Some(loopback));
            assert!(found.iter().all(|address| !address.ip().is_unspecified()));
        }
    }
}
