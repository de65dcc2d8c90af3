//! The network of a machine that has none but with itself. rtnetlink(7): RTM_NEWLINK, "Create, remove or get information about a
//! specific network interface"; what it comes up with are the addresses 127.0.0.1 to 127.255.255.254.

use rustix::io::{Errno, Result};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, send, socket};

/// linux/rtnetlink.h, linux/netlink.h, linux/if.h.
const RTM_NEWLINK: u16 = 16;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLMSG_ERROR: u16 = 2;
const IFF_UP: u32 = 1;
/// The number of the loopback device: the first that there is.
const LOOPBACK: u32 = 1;

/// Brings it up.
pub fn bring_up() -> std::result::Result<(), String> {
    tell().map_err(|errno| format!("the loopback device: {errno}"))
}

fn tell() -> Result<()> {
    // Protocol 0 is NETLINK_ROUTE.
    let socket = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    send(&socket, &message(), SendFlags::empty())?;
    let mut said = [0; 1024];
    let (len, _) = recv(&socket, &mut said[..], RecvFlags::empty())?;
    error_in(&said[..len])
}

/// `struct nlmsghdr`, then `struct ifinfomsg`.
fn message() -> Vec<u8> {
    let mut message = 32_u32.to_ne_bytes().to_vec();
    message.extend([RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK].iter().flat_map(|it| it.to_ne_bytes()));
    // Sequence and port; family and type; then device, flags, and which flags change.
    message.extend([1, 0, 0, LOOPBACK, IFF_UP, IFF_UP].iter().flat_map(|it: &u32| it.to_ne_bytes()));
    message
}

/// `struct nlmsgerr`: a negative number of an error, or 0.
fn error_in(said: &[u8]) -> Result<()> {
    let kind = said.get(4..6).map(|bytes| u16::from_ne_bytes([bytes[0], bytes[1]]));
    let error = said.get(16..20).and_then(|bytes| Some(i32::from_ne_bytes(bytes.try_into().ok()?)));
    match (kind, error) {
        (Some(NLMSG_ERROR), Some(0)) => Ok(()),
        (Some(NLMSG_ERROR), Some(error)) => Err(Errno::from_raw_os_error(error.saturating_neg())),
        _ => Err(Errno::PROTO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_as_long_as_it_says_and_what_is_answered_is_an_error_or_none() {
        let message = message();
        assert_eq!(message.len(), 32);
        assert_eq!(u32::from_ne_bytes(message[..4].try_into().expect("four bytes")), 32);
        let answer = |error: i32| {
            [&20_u32.to_ne_bytes()[..], &2_u16.to_ne_bytes(), &[0; 10], &error.to_ne_bytes()].concat()
        };
        assert_eq!(error_in(&answer(0)), Ok(()));
        assert_eq!(error_in(&answer(-1)), Err(Errno::PERM));
        assert_eq!(error_in(&answer(0)[..10]), Err(Errno::PROTO));
    }
}
