//! What was asked of the council, and how far it has come.

use kairan_contract::RequestId;

use super::{KeptRequest, RequestState, Session};

/// Requests that are remembered for their screens.
const SHOWN: usize = 20;

impl Session {
    /// What the disk knows of requests. What it does not know, because it took them not or not yet, stays
    /// as it is known; and what has arrived has arrived. Says whether the last one has just done so.
    pub fn put_requests(&mut self, read: Vec<KeptRequest>) -> bool {
        let was_received = self.last_has_arrived();
        let known = std::mem::replace(&mut self.requests, read);
        for before in known {
            let id = before.request.id;
            match self.requests.iter_mut().find(|it| it.request.id == id) {
                Some(it) if before.state == RequestState::Received => it.state = before.state,
                Some(_) => {}
                None => self.requests.push(before),
            }
        }
        self.requests.sort_by_key(|it| it.request.made_at);
        let old = self.requests.len().saturating_sub(SHOWN);
        self.requests.drain(..old);
        !was_received && self.last_has_arrived()
    }

    /// These stand at the backend. Says whether the last one has just arrived.
    pub fn requests_arrived(&mut self, ids: &[RequestId]) -> bool {
        let was_received = self.last_has_arrived();
        for it in &mut self.requests {
            if ids.contains(&it.request.id) {
                it.state = RequestState::Received;
            }
        }
        !was_received && self.last_has_arrived()
    }

    fn last_has_arrived(&self) -> bool {
        let last = self.requests.last();
        last.is_some_and(|it| it.state == RequestState::Received)
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::{Request, RequestKind, ScreenName};
    use uuid::Uuid;

    use super::*;
    use crate::profile::Profile;

    fn call(number: u128, state: RequestState) -> KeptRequest {
        KeptRequest {
            request: Request {
                id: RequestId(Uuid::from_u128(number)),
                made_at: i64::try_from(number).expect("small"),
                what: RequestKind::CallBack {
                    screen: ScreenName::named("help"),
                },
            },
            state,
        }
    }

    #[test]
    fn what_was_sent_from_memory_has_arrived_though_the_disk_does_not_know_it() {
        let mut session = Session::new(None, Profile::practised(), true);
        session.requests = vec![
            call(1, RequestState::Waiting),
            call(2, RequestState::NotWritten),
        ];
        assert!(session.requests_arrived(&[call(2, RequestState::Received).request.id]));
        assert!(!session.put_requests(vec![call(1, RequestState::Received)]));
        let expected = [
            call(1, RequestState::Received),
            call(2, RequestState::Received),
        ];
        assert_eq!(session.requests, expected);
        // The disk could not note that the first has arrived.
        assert!(!session.put_requests(vec![call(1, RequestState::Waiting)]));
        assert_eq!(session.requests, expected);
        session.requests.push(call(3, RequestState::Writing));
        session.put_requests(vec![call(1, RequestState::Received)]);
        assert_eq!(
            session.requests.last(),
            Some(&call(3, RequestState::Writing))
        );
        assert!(session.put_requests(vec![call(3, RequestState::Received)]));
    }
}
