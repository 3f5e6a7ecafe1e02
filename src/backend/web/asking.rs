//! Who asks: the peer, or, behind proxies whose networks the settings name, whom they name.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    sync::Once,
};

use axum::http::HeaderMap;
use ipnet::{IpNet, Ipv4Net};

/// The proxies whose word is taken for who asks.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Those in these networks.
    pub fn of(networks: &[IpNet]) -> Self {
        Self(networks.iter().copied().map(canonical).collect())
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who asks. `X-Forwarded-For` is walked from its end, over every proxy that is trusted, to the first address that
    /// is none: that one is a trusted proxy's own word, and what stands before it is what the asking side says of itself.
    pub fn asking(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut asking = peer.to_canonical();
        let named: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
        if !self.trust(asking) {
            if !named.is_empty() {
                say_once_who_is_not_believed(asking);
            }
            return asking;
        }
        // Several headers are one list.
        let mut names = named.into_iter().rev().flat_map(|header| {
            // What is no text is one name that is none.
            let list = header.to_str().unwrap_or("?");
            list.rsplit(',').map(str::trim)
        });
        while self.trust(asking) {
            match names.next().map(address_in) {
                Some(Some(address)) => asking = address,
                // The end of the list, or something that is no address: the proxy itself has to answer for it.
                _ => break,
            }
        }
        asking
    }
}

/// An address in a list of them: alone, or with a port, as some proxies write it.
fn address_in(name: &str) -> Option<IpAddr> {
    let bare = name.parse::<IpAddr>().ok();
    let bare = bare.or_else(|| {
        let with_port = name.parse::<std::net::SocketAddr>().ok()?;
        Some(with_port.ip())
    });
    bare.or_else(|| {
        let inside = name.strip_prefix('[')?.strip_suffix(']')?;
        inside.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
    })
    .map(|address| address.to_canonical())
}

/// A network of IPv4 addresses that is written as one of IPv6 is the one that it means.
fn canonical(network: IpNet) -> IpNet {
    if let IpNet::V6(v6) = network
        && let Some(v4) = v6.addr().to_ipv4_mapped()
        && let Some(length) = v6.prefix_len().checked_sub(96)
        && let Ok(net) = Ipv4Net::new(v4, length)
    {
        return net.into();
    }
    network
}

/// A proxy that nobody has named makes one asker of everybody behind it: whoever reads the log is told, once.
fn say_once_who_is_not_believed(peer: IpAddr) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::warn!(
            %peer,
            "X-Forwarded-For of this peer is not believed; if it is a proxy of yours, name its network in trusted_proxies"
        );
    });
}

/// The network that somebody asks from: an IPv4 address, or the /64 of an IPv6 address, of which one house has as many as
/// it likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network(IpAddr);

impl Network {
    /// The one of an address.
    pub fn of(address: IpAddr) -> Self {
        Self(first_of(address, 32, 4))
    }

    /// The larger one around it, which is one customer's or one small provider's: /24, or /48.
    #[must_use]
    pub fn wider(self) -> Self {
        Self(first_of(self.0, 24, 3))
    }
}

/// The first address of a network of so many bits (IPv4) or groups of sixteen bits (IPv6).
fn first_of(address: IpAddr, bits: u32, groups: usize) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mut parts = address.segments();
            parts[groups..].fill(0);
            IpAddr::from(parts)
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn proxies(networks: &[&str]) -> TrustedProxies {
        let networks: Vec<IpNet> = networks
            .iter()
            .map(|it| it.parse().expect("a network"))
            .collect();
        TrustedProxies::of(&networks)
    }

    fn asking(trusted: &TrustedProxies, peer: &str, forwarded: &[&str]) -> IpAddr {
        let mut headers = HeaderMap::new();
        for names in forwarded {
            headers.append("x-forwarded-for", names.parse().expect("a header"));
        }
        trusted.asking(address(peer), &headers)
    }

    #[test]
    fn only_the_word_of_a_trusted_proxy_is_taken() {
        let here = proxies(&["127.0.0.0/8", "::1/128"]);
        for (peer, forwarded, expected) in [
            ("127.0.0.1", &[][..], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7"], "203.0.113.7"),
            ("::1", &["10.9.9.9, 2001:db8::7"], "2001:db8::7"),
            ("::ffff:127.0.0.1", &["203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", &["::ffff:203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1", &["203.0.113.7:4711"], "203.0.113.7"),
            ("127.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("127.0.0.1", &["somebody"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7, somebody"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7,"], "127.0.0.1"),
            ("127.0.0.1", &["203.0.113.7, \u{e9}"], "127.0.0.1"),
            // Several headers are one list; its end is the nearest.
            ("127.0.0.1", &["10.9.9.9", "203.0.113.7"], "203.0.113.7"),
            // Who comes straight can say what they like.
            ("198.51.100.4", &["203.0.113.7"], "198.51.100.4"),
            ("::ffff:198.51.100.4", &["203.0.113.7"], "198.51.100.4"),
        ] {
            assert_eq!(
                asking(&here, peer, forwarded),
                address(expected),
                "{peer} {forwarded:?}"
            );
        }
    }

    #[test]
    fn a_chain_of_trusted_proxies_is_walked_to_the_first_that_is_none() {
        let chain = proxies(&["10.0.0.0/8", "::ffff:192.0.2.0/120"]);
        for (forwarded, expected) in [
            (&["203.0.113.7, 10.1.1.1, 192.0.2.9"][..], "203.0.113.7"),
            // What stands before it was said by itself.
            (&["8.8.8.8, 203.0.113.7, 10.1.1.1"], "203.0.113.7"),
            (&["10.3.3.3, 10.1.1.1"], "10.3.3.3"),
            (&["203.0.113.7", "10.1.1.1"], "203.0.113.7"),
        ] {
            assert_eq!(asking(&chain, "10.2.2.2", forwarded), address(expected));
        }
    }

    #[test]
    fn one_house_is_one_network_and_two_houses_are_two() {
        let of = |text| Network::of(address(text));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("2001:db8:1:2::1").wider(), of("2001:db8:1:3::1").wider());
        // Addresses of IPv4 in IPv6's clothes are not all one.
        assert_ne!(of("::ffff:1.2.3.4"), of("::ffff:1.2.3.5"));
        assert_eq!(of("::ffff:1.2.3.4"), of("1.2.3.4"));
        assert_eq!(of("1.2.3.4").wider(), of("1.2.3.9").wider());
        assert_ne!(of("1.2.3.4").wider(), of("1.2.4.4").wider());
    }
}
