//! How many files this process may hold open, and how that many connections are shared out: most to tablets that
//! listen, and always some to whoever asks something.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are ours: the database, blobs that are read, sources that are asked, the log.
const OURS: u64 = 256;
/// One place in so many is kept for who asks something, be it a person or a tablet.
const SHARE_OF_WHO_ASKS: usize = 8;
/// But no fewer than this, if there are so many at all, and no more.
const FEWEST_WHO_ASK: usize = 64;
const MOST_WHO_ASK: usize = 4_096;
/// More tablets than these are for another server: each costs memory.
const MOST_WHO_LISTEN: usize = 100_000;

/// How many connections there may be at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// How many files may be open.
    pub files: u64,
    /// For tablets that listen to changes.
    pub listeners: usize,
    /// For everything else that is asked. These come and go within moments.
    pub asking: usize,
}

impl Places {
    /// What so many files are enough for.
    pub fn of(files: u64) -> Self {
        let ours = OURS.min(files / 4);
        let all = usize::try_from(files - ours).unwrap_or(usize::MAX);
        let fewest = FEWEST_WHO_ASK.min(all.div_ceil(2));
        let asking = (all / SHARE_OF_WHO_ASKS).clamp(fewest, MOST_WHO_ASK.max(fewest));
        Self {
            files,
            listeners: (all - asking).min(MOST_WHO_LISTEN),
            asking,
        }
    }

    /// How many files must be allowed so that so many tablets can listen.
    pub fn files_for(listeners: usize) -> u64 {
        let asking = (listeners / (SHARE_OF_WHO_ASKS - 1) + 1).clamp(FEWEST_WHO_ASK, MOST_WHO_ASK);
        (listeners + asking) as u64 + OURS
    }

    /// Says what to do, if this is too little for the tablets that are lent.
    pub fn tell_if_short(self, lent: usize) {
        if lent <= self.listeners {
            return;
        }
        let needed = Self::files_for(lent);
        tracing::warn!(
            lent,
            listening_at_once = self.listeners,
            files = self.files,
            "more tablets are lent than can listen at once; the others ask once a minute. Allow this service {needed} \
             open files: LimitNOFILE={needed} in its systemd unit, or `ulimit -n {needed}` before it is started"
        );
    }
}

/// Raises the number of files that may be open as far as this process may, and says how many that are.
fn raise() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let unlimited = u64::MAX;
    let (now, most) = (
        limit.current.unwrap_or(unlimited),
        limit.maximum.unwrap_or(unlimited),
    );
    if now >= most {
        return now;
    }
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, raised).map_err(io::Error::from) {
        Ok(()) => most,
        Err(error) => {
            tracing::warn!(%error, files = now, "no more files may be opened than before");
            now
        }
    }
}

/// How many connections there may be here; says so if that is too little for the tablets that are lent.
pub fn places_for(lent: usize) -> Places {
    let places = Places::of(raise());
    places.tell_if_short(lent);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_few_files_there_are_some_places_are_for_who_asks() {
        for files in [0, 1, 7, 64, 256, 1_024, 20_000, 65_536, 1 << 20, u64::MAX] {
            let places = Places::of(files);
            let all = places.listeners + places.asking;
            assert!(all as u64 <= files, "{places:?}");
            assert!(
                places.asking * SHARE_OF_WHO_ASKS >= all.min(MOST_WHO_ASK * SHARE_OF_WHO_ASKS)
                    || places.asking == MOST_WHO_ASK,
                "{places:?}"
            );
        }
        let places = Places::of(20_000);
        assert!(places.listeners >= 15_000, "{places:?}");
        assert_eq!(
            (Places::of(256).listeners, Places::of(256).asking),
            (128, 64)
        );
    }

    #[test]
    fn what_is_asked_for_is_enough() {
        for tablets in [1, 100, 1_000, 15_000, 20_000, 90_000] {
            let places = Places::of(Places::files_for(tablets));
            assert!(places.listeners >= tablets, "{tablets}: {places:?}");
        }
    }
}
