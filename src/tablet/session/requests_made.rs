//! お願いしたこと on the screens: the list, one of them, and what is done with it. Pure.

use jiff::{Timestamp, ToSpan as _};
use kairan_contract::{
    AnswerValue, Event, OpenedFrom, RequestAnswer, RequestId, RequestKind, RequestStatus, ServiceId,
};

use super::{Effect, Route, Session};
use crate::{
    asked::{Asked, RequestAction, appointment_due, asked},
    dates::in_japan,
    form_draft::{DraftNotice, FormDraft, FormPlace},
    reminders::PromptKind,
    speech::Tone,
};

/// Which request stands on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShownRequest {
    /// The one that was made last.
    Latest,
    /// This one.
    Known(RequestId),
}

/// The hours in which an answer comes forward.
const DAY: std::ops::Range<i8> = 8..20;

impl Session {
    /// Everything that was asked for, the latest first.
    pub fn asked(&self) -> Vec<Asked<'_>> {
        asked(&self.requests, &self.answers)
    }

    /// The request on the screen.
    pub fn asked_on_screen(&self) -> Option<Asked<'_>> {
        let shown = match self.route() {
            Route::Request(shown) => *shown,
            Route::EndRequest(id) => ShownRequest::Known(*id),
            _ => return None,
        };
        let mut all = self.asked().into_iter();
        match shown {
            ShownRequest::Latest => all
                .filter(|it| it.kept.is_some())
                .max_by_key(|it| it.kept.map(|kept| kept.request.made_at)),
            ShownRequest::Known(id) => all.find(|it| it.id == id),
        }
    }

    /// Whether there is something in a request that the resident has not heard.
    pub fn has_news(&self, answer: &RequestAnswer) -> bool {
        // That it has arrived, and what the resident has done, is no answer of anybody's.
        let is_answer = !matches!(
            answer.status,
            RequestStatus::Requested | RequestStatus::Withdrawn | RequestStatus::Unknown
        );
        is_answer && self.personal.heard(answer.request) < answer.revision
    }

    /// The tablet's own tile, お願いしたこと.
    pub(crate) fn open_requests(&mut self) -> Vec<Effect> {
        self.path = vec![Route::Home, Route::Requests];
        Vec::new()
    }

    /// One of them, by its place.
    pub(crate) fn open_request(&mut self, index: usize) -> Vec<Effect> {
        let id = self.asked().get(index).map(|it| it.id);
        id.map_or_else(Vec::new, |id| self.show_request(id))
    }

    /// One of them comes on the screen: what stands there was heard.
    pub(crate) fn show_request(&mut self, id: RequestId) -> Vec<Effect> {
        self.path.push(Route::Request(ShownRequest::Known(id)));
        let known = self.answers.iter().find(|it| it.request == id);
        let Some(revision) = known.map(|it| it.revision) else {
            return Vec::new();
        };
        let is_new = self.personal_mut().note_heard(id, revision);
        is_new.then_some(Effect::SavePersonal).into_iter().collect()
    }

    /// What can be done with the request on the screen.
    pub fn request_actions(&self, now: Timestamp) -> Vec<RequestAction> {
        let Some(asked) = self.asked_on_screen() else {
            return Vec::new();
        };
        asked.actions(self.can_repeat(&asked, now), now)
    }

    fn can_repeat(&self, asked: &Asked, now: Timestamp) -> bool {
        let form = service_of(asked).and_then(|service| self.delivered_form(service));
        form.is_some_and(|(form, _)| form.is_open_at(now) && FormDraft::can_ask(form))
    }

    /// Does something with the request on the screen, by the place of its key.
    pub(crate) fn act_on_request(
        &mut self,
        index: usize,
        now: Timestamp,
        now_ms: u64,
    ) -> Vec<Effect> {
        let Some(action) = self.request_actions(now).get(index).copied() else {
            return Vec::new();
        };
        let Some(asked) = self.asked_on_screen() else {
            return Vec::new();
        };
        let (id, revision) = (asked.id, asked.answer.map_or(0, |it| it.revision));
        let says = |accepts| RequestKind::Proposal {
            request: id,
            revision,
            accepts,
        };
        match action {
            RequestAction::Accept => self.say_of_request(says(true), now_ms),
            RequestAction::Refuse => self.say_of_request(says(false), now_ms),
            RequestAction::Withdraw | RequestAction::Cancel => {
                self.path.push(Route::EndRequest(id));
                Vec::new()
            }
            RequestAction::Mend => self.ask_once_more(true, now, now_ms),
            RequestAction::Again => self.ask_once_more(false, now, now_ms),
        }
    }

    /// はい, 取り消します, or いいえ.
    pub(crate) fn end_request(&mut self, index: usize, now_ms: u64) -> Vec<Effect> {
        let Some(asked) = self.asked_on_screen() else {
            return Vec::new();
        };
        let request = asked.id;
        let is_confirmed = asked.status() == Some(RequestStatus::Confirmed);
        self.path.pop();
        if index != 0 {
            return Vec::new();
        }
        let what = if is_confirmed {
            RequestKind::Cancel { request }
        } else {
            RequestKind::Withdraw { request }
        };
        self.say_of_request(what, now_ms)
    }

    fn say_of_request(&mut self, what: RequestKind, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        // A second tap would fall on a key that stands where the first one's stood.
        self.touches.screen_changed(now_ms);
        effects.extend([Effect::Ask(what), Effect::Sound(Tone::Sent)]);
        effects
    }

    /// Opens the form of a request with what was answered then. What cannot be had any more is told and asked again.
    fn ask_once_more(&mut self, is_mending: bool, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let Some(asked) = self.asked_on_screen() else {
            return Vec::new();
        };
        let Some(service) = service_of(&asked).cloned() else {
            return Vec::new();
        };
        let Some((form, version)) = self.delivered_form(&service) else {
            return Vec::new();
        };
        let reason = asked.answer.and_then(|it| it.reason);
        let mut draft = FormDraft::new(service.clone(), form.clone(), version);
        draft.mends = is_mending.then_some(asked.id);
        match (asked.kept.map(|it| &it.request.what), asked.answer) {
            (Some(RequestKind::Form(form)), _) => draft.answers.clone_from(&form.answers),
            (_, Some(answer)) if !answer.goods.is_empty() => {
                let mut questions = form.questions.iter();
                let goods = questions
                    .find(|it| matches!(it.answer, kairan_contract::AnswerType::Goods { .. }));
                if let Some(question) = goods {
                    let goods = answer.goods.clone();
                    draft.answer(&question.id, AnswerValue::Goods { goods });
                }
            }
            _ => {}
        }
        if !is_mending {
            // Another time is asked for in any case.
            draft.answers.retain(|it| {
                !matches!(
                    it.value,
                    AnswerValue::Window { .. } | AnswerValue::Day { .. } | AnswerValue::Time { .. }
                )
            });
        }
        let form = draft.form.clone();
        draft.carry_over(&form, now);
        if is_mending {
            draft.notice = reason.and_then(told_of).or(draft.notice);
        }
        self.path = vec![
            Route::Home,
            Route::Service(service.clone()),
            Route::Form(service.clone(), FormPlace::Check),
        ];
        self.dwell.open_service(service.clone(), now_ms);
        let from = OpenedFrom::Home;
        let mut effects = vec![Effect::Record(Some(service), Event::ServiceOpened { from })];
        effects.extend(self.enter_form(draft));
        effects
    }

    /// What the backend tells of requests. Says whether anything on the screen may be another.
    pub fn set_answers(&mut self, answers: Vec<RequestAnswer>) {
        self.answers = answers;
        // What comes while it is looked at is seen.
        if let Some(asked) = self.asked_on_screen()
            && let Some(answer) = asked.answer
        {
            let (id, revision) = (answer.request, answer.revision);
            self.personal_mut().note_heard(id, revision);
        }
    }

    /// What comes forward now: a time that is near, or an answer that was not heard. By day, and never while somebody is
    /// at something else.
    pub(super) fn due_of_requests(&self, now: Timestamp) -> [Option<PromptKind>; 2] {
        let here = in_japan(now);
        if *self.route() != Route::Home {
            return [None, None];
        }
        let is_reminded = |id, day| self.personal.is_reminded(id, day);
        let near = appointment_due(&self.answers, now, in_japan, is_reminded)
            .map(|(id, day)| PromptKind::Appointment(id, day));
        let news = self.answers.iter().rev().find(|it| self.has_news(it));
        let news = news
            .filter(|_| DAY.contains(&here.hour()))
            .map(|it| PromptKind::Answer(it.request, here.date()));
        [near, news]
    }

    /// What has come forward is looked at.
    pub(super) fn see_due_request(&mut self, kind: PromptKind) -> Vec<Effect> {
        let (PromptKind::Appointment(id, _) | PromptKind::Answer(id, _)) = kind else {
            return Vec::new();
        };
        if let PromptKind::Appointment(id, day) = kind {
            self.personal_mut().note_reminded(id, day);
        }
        let mut effects = self.open_requests();
        effects.extend(self.show_request(id));
        effects.push(Effect::SavePersonal);
        effects
    }

    /// The appointments of the next days, the soonest first, for the board.
    pub fn appointments(&self, now: Timestamp) -> Vec<&RequestAnswer> {
        let until = now + (24 * 14).hours();
        let begins = |it: &RequestAnswer| it.appointment.map(|it| it.begins_at);
        let mut near: Vec<&RequestAnswer> = self
            .answers
            .iter()
            .filter(|it| it.status == RequestStatus::Confirmed)
            .filter(|it| {
                it.appointment
                    .is_some_and(|it| now < it.ends_at && it.begins_at < until)
            })
            .collect();
        near.sort_by_key(|it| begins(it));
        near
    }
}

/// The tile from which it was asked.
pub fn service_of<'a>(asked: &Asked<'a>) -> Option<&'a ServiceId> {
    let told = asked.answer.and_then(|it| it.service.as_ref());
    told.or_else(|| match &asked.kept?.request.what {
        RequestKind::Form(form) => Some(&form.service),
        _ => None,
    })
}

/// What is told of a form that was sent back.
fn told_of(reason: kairan_contract::Reason) -> Option<DraftNotice> {
    use kairan_contract::Reason;
    match reason {
        Reason::SoldOut => Some(DraftNotice::SoldOut),
        Reason::Full => Some(DraftNotice::Full),
        Reason::TooLate => Some(DraftNotice::TooLate),
        Reason::PriceChanged => Some(DraftNotice::PriceChanged),
        Reason::FormChanged => Some(DraftNotice::Changed),
        Reason::Closed | Reason::TooMany | Reason::NotForYou | Reason::Unknown => None,
    }
}
