//! How errands are set going, each with what it needs.

use std::time::Instant;

use super::{Brought, PUT_OFF, SyncLoop};
use crate::sync::plan::Task;

impl SyncLoop {
    /// Sets an errand going.
    pub(super) fn start(&mut self, errand: Task) {
        let errands = self.errands.clone();
        let token = self.token();
        let future = match (errand, token) {
            (Task::Enrol, _) => {
                let (code, identity) = (self.code.take(), self.identity.clone());
                self.running.spawn(async move {
                    match code {
                        Some(code) => Brought::Enrolled(errands.enrol(&code, identity).await),
                        None => Brought::Nothing,
                    }
                })
            }
            (Task::Forgotten, _) => self
                .running
                .spawn(async move { Brought::Forgotten(errands.tell_of_a_wipe().await) }),
            (Task::Requests, Some(token)) => self
                .running
                .spawn(async move { Brought::Requests(errands.send_requests(&token).await) }),
            (Task::Manifest, Some(token)) => {
                let etag = errands.library.etag();
                self.running.spawn(async move {
                    Brought::Manifest(errands.client.manifest(&token, etag.as_deref()).await)
                })
            }
            (Task::Show, Some(_)) => {
                let taking = self.taking.take();
                let is_at_rest = self.wanted.is_at_rest(Instant::now());
                let is_told = std::mem::take(&mut self.is_news);
                self.running.spawn_blocking(move || {
                    Brought::Shown(Box::new(errands.show(taking, is_at_rest, is_told)))
                })
            }
            (Task::Urgent | Task::Blob, Some(token)) => {
                let is_urgent = errand == Task::Urgent;
                let Some(missing) = self.wanted.next(is_urgent, Instant::now()) else {
                    self.plan.ended(errand);
                    if let Some(at) = self.wanted.wake_at(is_urgent) {
                        self.plan.by(errand, at);
                    }
                    return;
                };
                self.running.spawn(async move {
                    let fetched = errands.fetch(&token, missing).await;
                    Brought::Blob(missing.blob.sha256, is_urgent, fetched)
                })
            }
            (Task::Status, Some(token)) => {
                let Some(shows) = self.shows() else {
                    self.plan.ended(errand);
                    return;
                };
                let (seen, last) = (self.seen.all(), self.last_seen);
                let known = self.status.clone();
                self.running.spawn(async move {
                    let status = errands.status(shows, last).await;
                    let news = known.news(status, seen, Instant::now());
                    let (told, is_all) = errands.report(&token, news).await;
                    Brought::Status(told, is_all)
                })
            }
            (Task::Forget, Some(token)) => {
                let has_waited = self.wiped > PUT_OFF;
                self.running.spawn(async move {
                    errands.obey_to_forget(&token, has_waited).await;
                    Brought::Nothing
                })
            }
            (Task::Records, Some(token)) if self.is_online => self
                .running
                .spawn(async move { Brought::Records(errands.upload(&token).await) }),
            _ => {
                self.plan.ended(errand);
                return;
            }
        };
        self.names.insert(future.id(), errand);
    }
}
