//! A form on the screens: from its first page over its questions to the page on which everything is looked over, and
//! sent. Pure.

mod about_me;
mod typing;

use std::sync::Arc;

use jiff::Timestamp;
use kairan_contract::{
    Content, Event, Form, FormQuestion, LeaveHow, RequestKind, ServiceId, Sha256,
};

use super::{Effect, Route, Session, requests_made::ShownRequest};
use crate::{
    form_draft::{AnswerPart, FormDraft, FormPlace, Offered, Step},
    personal::Personal,
    speech::Tone,
};

pub use about_me::{AboutField, PersonAnswer};
pub use typing::TypedFor;

impl Session {
    /// What is kept of the loan on this tablet alone, to be changed.
    pub(super) fn personal_mut(&mut self) -> &mut Personal {
        Arc::make_mut(&mut self.personal)
    }

    /// The form of a tile as it was delivered, and its version.
    pub fn delivered_form(&self, service: &ServiceId) -> Option<(&Form, Sha256)> {
        let (entry, content) = self.content.as_ref()?.service(service)?;
        let reference = entry.content.as_ref()?;
        match content? {
            Content::Form(form) => Some((form, reference.blob.sha256)),
            _ => None,
        }
    }

    /// The form that is being filled in on the screen, and where in it.
    pub fn form_on_screen(&self) -> Option<(&FormDraft, &FormPlace)> {
        let Route::Form(service, place) = self.route() else {
            return None;
        };
        Some((self.personal.draft(service)?, place))
    }

    /// The question of the form on the screen.
    pub fn form_question(&self) -> Option<(&FormDraft, &FormQuestion, &AnswerPart)> {
        let (draft, place) = self.form_on_screen()?;
        let FormPlace::Question(id, part) = place else {
            return None;
        };
        Some((draft, draft.form.question(id)?, part))
    }

    /// The tile to which the form on the screen, or the telephone in its place, belongs.
    pub fn form_service(&self) -> Option<&ServiceId> {
        match self.route() {
            Route::Form(service, _) | Route::FormTelephone(service) => Some(service),
            Route::Service(service) => self.delivered_form(service).map(|_| service),
            _ => None,
        }
    }

    /// Begins the form of the tile that is open, or goes on with it. `is_anew`: what was answered before is forgotten.
    pub(crate) fn begin_form(&mut self, is_anew: bool, now: Timestamp) -> Vec<Effect> {
        let Route::Service(service) = self.route().clone() else {
            return Vec::new();
        };
        let Some((form, version)) = self.delivered_form(&service) else {
            return Vec::new();
        };
        if !form.is_open_at(now) || !FormDraft::can_ask(form) {
            return Vec::new();
        }
        let form = form.clone();
        let known = self.personal.draft(&service).filter(|_| !is_anew).cloned();
        let draft = match known {
            Some(mut draft) => {
                draft.renew(&form, version, now);
                let late = draft.drop_misfits(now);
                draft.notice = draft.notice.or(late);
                draft
            }
            None => FormDraft::new(service, form, version),
        };
        self.enter_form(draft)
    }

    /// Goes to where a draft is to be gone on with.
    pub(super) fn enter_form(&mut self, draft: FormDraft) -> Vec<Effect> {
        let (service, place) = (draft.service.clone(), draft.first_place());
        let (form, step) = (draft.form.id.clone(), draft.step(&place));
        self.personal_mut().begin_draft(draft);
        self.path.push(Route::Form(service.clone(), place));
        self.form.open(service.clone(), form.clone(), step);
        vec![
            Effect::SavePersonal,
            Effect::Record(Some(service), Event::FormBegan { form }),
        ]
    }

    /// What can be chosen on the screen of the question.
    pub fn form_offered(&self, now: Timestamp) -> Vec<Offered> {
        let question = self.form_question();
        question.map_or_else(Vec::new, |(draft, question, part)| {
            draft.offered(question, part, now)
        })
    }

    /// An answer, by its place.
    pub(crate) fn choose_in_form(
        &mut self,
        index: usize,
        now: Timestamp,
        now_ms: u64,
    ) -> Vec<Effect> {
        let Some(chosen) = self.form_offered(now).into_iter().nth(index) else {
            return Vec::new();
        };
        let Some((draft, question, part)) = self.form_question() else {
            return Vec::new();
        };
        let (service, question, part) = (draft.service.clone(), question.clone(), part.clone());
        let mut effects = self.hush(now_ms);
        let Some(draft) = self.personal_mut().draft_mut(&service) else {
            return effects;
        };
        let step = draft.choose(&question, &part, &chosen);
        effects.push(Effect::SavePersonal);
        let at = |part| {
            Route::Form(
                service.clone(),
                FormPlace::Question(question.id.clone(), part),
            )
        };
        match step {
            Step::Stay => {}
            Step::Part(part) => self.path.push(at(part)),
            Step::Year(era) => {
                let of = TypedFor::BirthYear(service, question.id, era);
                self.open_typing(of);
            }
            // What was chosen of one group stands with what was chosen of the others.
            Step::Answered if matches!(part, AnswerPart::Group(_)) => {
                self.path.pop();
            }
            Step::Answered => effects.extend(self.go_on_in_form(&service, &question)),
            Step::Telephone => self.path.push(Route::FormTelephone(service)),
        }
        effects
    }

    /// A question has its answer.
    fn go_on_in_form(&mut self, service: &ServiceId, question: &FormQuestion) -> Vec<Effect> {
        // もどる leads to the question, and not into a part of its answer.
        while self
            .path
            .last()
            .is_some_and(|route| is_part_of(route, question))
        {
            self.path.pop();
        }
        let check = Route::Form(service.clone(), FormPlace::Check);
        let is_mending = self.path.contains(&check);
        let Some(draft) = self.personal.draft(service) else {
            return Vec::new();
        };
        let (form, at) = (
            draft.form.id.clone(),
            FormPlace::Question(question.id.clone(), AnswerPart::Whole),
        );
        let step = draft.step(&at);
        let next = draft.place_after(&question.id, is_mending);
        let next_step = draft.step(&next);
        self.form.goes_on(next_step);
        self.go_to(Route::Form(service.clone(), next));
        vec![Effect::Record(
            Some(service.clone()),
            Event::FormStep { form, step },
        )]
    }

    /// Goes to a place, back to it where one has come from there.
    fn go_to(&mut self, route: Route) {
        match self.path.iter().position(|known| *known == route) {
            Some(at) => self.path.truncate(at + 1),
            None => self.path.push(route),
        }
    }

    /// One more or one less: of the good with this id, or of the number on the screen.
    pub(crate) fn change_in_form(&mut self, good: &str, is_more: bool, now_ms: u64) -> Vec<Effect> {
        let Some((draft, question, _)) = self.form_question() else {
            return Vec::new();
        };
        let (service, id) = (draft.service.clone(), question.id.clone());
        let key = format!("{good} {is_more}");
        if self.keys.is_tremor(&key, now_ms) {
            return vec![ignored()];
        }
        let Some(draft) = self.personal_mut().draft_mut(&service) else {
            return Vec::new();
        };
        if good.is_empty() {
            draft.change_number(&id, is_more);
        } else if let Ok(good) = good.to_owned().try_into() {
            draft.change_amount(&id, &good, is_more);
        }
        vec![Effect::SavePersonal]
    }

    /// 直す: to the question, and back to all answers once it is answered.
    pub(crate) fn mend_in_form(&mut self, question: &str) -> Vec<Effect> {
        let Some((draft, FormPlace::Check)) = self.form_on_screen() else {
            return Vec::new();
        };
        let questions = draft.form.questions.iter();
        let mut found = questions.filter(|it| it.id.as_str() == question);
        let Some(found) = found.next() else {
            return Vec::new();
        };
        let place = FormPlace::Question(found.id.clone(), AnswerPart::Whole);
        let route = Route::Form(draft.service.clone(), place);
        self.path.push(route);
        Vec::new()
    }

    /// 直す, beside what is told of the resident.
    pub(crate) fn mend_person(&mut self) -> Vec<Effect> {
        let Some((draft, FormPlace::Check)) = self.form_on_screen() else {
            return Vec::new();
        };
        let service = draft.service.clone();
        if let Some(draft) = self.personal_mut().draft_mut(&service) {
            draft.is_person_confirmed = false;
        }
        self.path.push(Route::Form(service, FormPlace::Person));
        Vec::new()
    }

    /// このとおり たのむ: written down, and sent. What does not fit any more is asked again first.
    pub(crate) fn send_form(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let Some((draft, FormPlace::Check)) = self.form_on_screen() else {
            return Vec::new();
        };
        let mut draft = draft.clone();
        // Where something is to be told first the screen stays, and a trembling hand must not send it unseen.
        if self.keys.is_tremor("send", now_ms) {
            return vec![ignored()];
        }
        let service = draft.service.clone();
        if let Some((form, version)) = self.delivered_form(&service) {
            let form = form.clone();
            draft.renew(&form, version, now);
        }
        if let Some(misfit) = draft.drop_misfits(now) {
            draft.notice = Some(misfit);
        }
        let is_open = draft.form.is_open_at(now);
        let has_news = draft.notice.is_some() && !draft.is_notice_shown;
        let place = draft.first_place();
        let is_known = draft.knows_person(&self.personal.about);
        let what = draft.request(&self.personal.about);
        if let Some(kept) = self.personal_mut().draft_mut(&service) {
            kept.clone_from(&draft);
        }
        if !is_open {
            self.path.push(Route::FormTelephone(service));
            return vec![Effect::SavePersonal];
        }
        if place != FormPlace::Check || !is_known {
            let place = if place == FormPlace::Check {
                FormPlace::Person
            } else {
                place
            };
            // Behind it stand all answers together, to which its answer leads back.
            self.path.push(Route::Form(service, place));
            return vec![Effect::SavePersonal];
        }
        if has_news {
            // What has changed is seen before it is sent: the next touch sends it.
            if let Some(kept) = self.personal_mut().draft_mut(&service) {
                kept.is_notice_shown = true;
            }
            return vec![Effect::SavePersonal];
        }
        let form = what.form.clone();
        let mut effects = self.hush(now_ms);
        if self.form.is_sent() {
            let sent = Event::FormSent { form };
            effects.push(Effect::Record(Some(service.clone()), sent));
        }
        effects.extend(self.go_home(LeaveHow::Home, now_ms));
        self.personal_mut().drop_draft(&service);
        let mends = what.mends;
        effects.extend([
            Effect::Ask(RequestKind::Form(what)),
            Effect::SavePersonal,
            Effect::Sound(Tone::Sent),
        ]);
        self.path.push(Route::Requests);
        self.path.push(Route::Request(match mends {
            Some(mended) => ShownRequest::Known(mended),
            None => ShownRequest::Latest,
        }));
        effects
    }

    /// 電話で たのむ, from the first page.
    pub(crate) fn open_form_telephone(&mut self) -> Vec<Effect> {
        if let Some(service) = self.form_service().cloned() {
            self.path.push(Route::FormTelephone(service));
        }
        Vec::new()
    }

    /// The tablet has gone to rest for the night: whatever was begun is forgotten.
    pub(super) fn forget_drafts(&mut self) -> Option<Effect> {
        if self.personal.drafts.is_empty() {
            return None;
        }
        self.personal_mut().drafts.clear();
        Some(Effect::SavePersonal)
    }
}

/// Whether a place is a part of the answer to a question, and not the question itself.
fn is_part_of(route: &Route, question: &FormQuestion) -> bool {
    match route {
        Route::Form(_, FormPlace::Question(id, part)) => {
            *id == question.id && *part != AnswerPart::Whole
        }
        Route::Typing(TypedFor::BirthYear(_, id, _)) => *id == question.id,
        _ => false,
    }
}

#[cfg(test)]
mod tests;

/// A touch that was a tremor is counted.
fn ignored() -> Effect {
    let why = kairan_contract::TouchIgnored::Repeat;
    Effect::Record(None, Event::TouchIgnored { why })
}
