//! How long somebody waits after mistakes at the sign-in, because of whose, and in which words.
//!
//! A stranger's mistakes keep no owner out: whoever comes with a browser that has signed in lately (a cookie of its own
//! says so) waits for the mistakes of that browser alone, and whoever comes from a network where they have signed in lately,
//! for those made there under their own name. Only strangers wait for what all strangers do to an account, or from a network.

use jiff::{SignedDuration, Timestamp};
use kairan_contract::{Language, Sha256};
use kairan_text::tr;

use super::queries::{Wait, account_subject, second_factor_subject};
use crate::{
    database::DatabaseError,
    people::room::Room,
    web::{asking::Network, limits::Whence, refusal::minutes},
};

/// Whose mistakes somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Their own: under this name, with this browser or from this network.
    Own,
    /// All strangers' under this name.
    Account,
    /// All strangers' from this network.
    Network,
    /// Nobody's: so many sign in at the same moment.
    Pace,
}

impl Cause {
    /// As it stands in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "mistakes under this name from here",
            Self::Account => "mistakes of strangers under this name",
            Self::Network => "mistakes of strangers from this network",
            Self::Pace => "too many at the same moment",
        }
    }
}

/// How well we know from where somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Familiar {
    /// They have signed in with this browser lately.
    Device,
    /// They have signed in from this network lately.
    Place,
    /// Somebody else has.
    Office,
    /// Nobody has.
    Not,
}

/// Somebody who wants to sign in.
#[derive(Debug, Clone)]
pub struct Arrival {
    name: String,
    network: Network,
    device: Option<String>,
    /// How well we know from where they come.
    pub familiar: Familiar,
}

impl Arrival {
    /// Looks up how well we know from where somebody comes who gives this name.
    pub async fn of(
        backend: &Room,
        name: &str,
        network: Network,
        device: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, DatabaseError> {
        let (store, from) = (&backend.store, network.to_string());
        let is_device = match device {
            Some(device) => store.is_device_of(name, device, now).await?,
            None => false,
        };
        let familiar = if is_device {
            Familiar::Device
        } else if store.is_network_of(name, &from, now).await? {
            Familiar::Place
        } else if store.is_office(&from, now).await? {
            Familiar::Office
        } else {
            Familiar::Not
        };
        Ok(Self {
            name: name.to_owned(),
            network,
            device: device.filter(|_| is_device).map(str::to_owned),
            familiar,
        })
    }

    /// Whose pace they go at.
    pub fn whence(&self) -> Whence {
        match (self.familiar, &self.device) {
            (Familiar::Device, Some(device)) => Whence::Device(Sha256::of(device.as_bytes())),
            (Familiar::Device | Familiar::Place, _) => {
                let own = format!("{} {}", self.network, self.name);
                Whence::Place(Sha256::of(own.as_bytes()))
            }
            (Familiar::Office, _) => Whence::Office(self.network),
            (Familiar::Not, _) => Whence::Stranger(self.network),
        }
    }

    /// What is counted against them, how long each keeps them waiting, and whose mistakes those are.
    pub fn subjects(&self) -> Vec<(String, Wait, Cause)> {
        let account = account_subject(&self.name);
        let own = match &self.device {
            Some(device) => format!("{account} with {device}"),
            None => format!("{account} from {}", self.network),
        };
        let mut subjects = vec![(own, wait_of_guess as Wait, Cause::Own)];
        if matches!(self.familiar, Familiar::Office | Familiar::Not) {
            subjects.push((account, wait_of_account, Cause::Account));
        }
        if self.familiar == Familiar::Not {
            let address = format!("address {}", self.network);
            subjects.push((address, wait_of_address, Cause::Network));
        }
        subjects
    }

    /// Under which name tries at the second factor are counted: whoever knows the password keeps its owner out no more
    /// than a stranger does.
    pub fn second_factor(&self) -> String {
        let subject = second_factor_subject(&self.name);
        match &self.device {
            Some(device) => format!("{subject} with {device}"),
            None => subject,
        }
    }
}

/// Five mistakes are free; then the wait doubles from half a minute up to an hour.
pub fn wait_of_guess(attempts: u64, ago: SignedDuration) -> Option<SignedDuration> {
    growing(attempts, 5, SignedDuration::from_hours(1), ago)
}

/// From everywhere together: some 1,400 guesses a day, of which a good password takes no notice.
fn wait_of_account(attempts: u64, ago: SignedDuration) -> Option<SignedDuration> {
    growing(attempts, 20, SignedDuration::from_mins(1), ago)
}

/// Many people may stand behind one address.
fn wait_of_address(attempts: u64, ago: SignedDuration) -> Option<SignedDuration> {
    growing(attempts, 50, SignedDuration::from_hours(1), ago)
}

fn growing(
    attempts: u64,
    free: u64,
    longest: SignedDuration,
    ago: SignedDuration,
) -> Option<SignedDuration> {
    let more = u32::try_from(attempts.checked_sub(free)?)
        .unwrap_or(u32::MAX)
        .min(7);
    let wait = SignedDuration::from_secs(30_i64 << more).min(longest);
    (ago < wait).then(|| wait - ago)
}

/// Why somebody waits, and for how long.
pub fn told(language: Language, cause: Cause, wait: SignedDuration) -> String {
    let minutes = minutes(wait);
    let why = match cause {
        Cause::Own => tr(language, "まちがいがつづいたので、"),
        Cause::Account => tr(
            language,
            "この名前でのまちがいが、ほかの場所からつづいています。前にサインインした端末かネットワークからなら、待たずに入れます。ここからは、",
        ),
        Cause::Network => tr(
            language,
            "このネットワークからのまちがいがつづいています。前にサインインした端末からなら、待たずに入れます。ここからは、",
        ),
        Cause::Pace => tr(language, "いま、サインインがこみあっています。"),
    };
    tr!(
        language,
        "{why}{minutes}分ほど待ってから、もう一度ためしてください。",
        why,
        minutes
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let second = SignedDuration::from_secs;
        for (attempts, ago, wait) in [
            (4, 0, None),
            (5, 0, Some(30)),
            (5, 20, Some(10)),
            (5, 30, None),
            (6, 0, Some(60)),
            (12, 0, Some(3_600)),
            (1_000_000, 0, Some(3_600)),
            (1_000_000, 3_600, None),
        ] {
            assert_eq!(
                wait_of_guess(attempts, second(ago)),
                wait.map(second),
                "{attempts} {ago}"
            );
        }
        assert_eq!(wait_of_account(1_000_000, second(0)), Some(second(60)));
        assert_eq!(wait_of_address(49, second(0)), None);
        assert_eq!(wait_of_address(50, second(0)), Some(second(30)));
    }

    #[test]
    fn who_is_known_waits_for_nobody_elses_mistakes() {
        let arrival = |familiar, device: Option<&str>| Arrival {
            name: "kato".to_owned(),
            network: Network::of([203, 0, 113, 7].into()),
            device: device.map(str::to_owned),
            familiar,
        };
        let causes = |of: Arrival| -> Vec<Cause> {
            let subjects = of.subjects().into_iter();
            subjects.map(|(_, _, cause)| cause).collect()
        };
        assert_eq!(causes(arrival(Familiar::Device, Some("x"))), [Cause::Own]);
        assert_eq!(causes(arrival(Familiar::Place, None)), [Cause::Own]);
        assert_eq!(
            causes(arrival(Familiar::Office, None)),
            [Cause::Own, Cause::Account]
        );
        assert_eq!(
            causes(arrival(Familiar::Not, None)),
            [Cause::Own, Cause::Account, Cause::Network]
        );
        // What somebody does from the same network without the browser is not counted against it.
        let with = arrival(Familiar::Device, Some("x")).subjects();
        let without = arrival(Familiar::Place, None).subjects();
        assert_ne!(with[0].0, without[0].0);
    }
}
