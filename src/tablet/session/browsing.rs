//! Opening and leaving tiles, articles and keys, with the records that this brings about. Pure.

use std::sync::Arc;

use kairan_contract::{Content, Event, LeaveHow, OpenedFrom, ScreenName, ServiceId};

use super::{
    Effect, Route, Session, first_use, neighbourhood, neighbourhood::ORIGIN_ROW, stops::STOPS_ROW,
};
use crate::{items::has_item, library::ContentSnapshot};

impl Session {
    /// New content came. Who reads something that is gone is led back to where it was.
    pub fn set_content(&mut self, snapshot: Arc<ContentSnapshot>, now_ms: u64) -> Vec<Effect> {
        let was_locked = self.is_locked();
        let awaited = self.awaited_content();
        let asked = self.asked_questionnaire();
        let snapshot = self.with_own_stops(snapshot);
        self.content = Some(snapshot);
        let snapshot = self.content.clone();
        let mut effects: Vec<Effect> = self.refresh_neighbourhood().into_iter().collect();
        if self.is_locked() {
            if !was_locked {
                effects.extend(self.fall_silent(now_ms));
            }
            return effects;
        }
        effects.extend(self.playback.content_changed(snapshot.as_deref()));
        let is_there = |route: &Route| match (route, &snapshot) {
            (Route::Service(id) | Route::Stops(id), Some(snapshot)) => {
                snapshot.service(id).is_some()
            }
            (Route::Neighbourhood(_), Some(snapshot)) => !neighbourhood::all(snapshot).is_empty(),
            (Route::Survey(id, number), Some(snapshot)) => match snapshot.contents.get(id) {
                Some(Content::Questionnaire(shown)) => *number <= shown.questions.len(),
                _ => false,
            },
            (Route::Article(id, article), Some(snapshot)) => {
                let content = snapshot.contents.get(id);
                content.is_some_and(|content| has_item(content, article))
            }
            _ => true,
        };
        let Some(gone) = self.path.iter().position(|route| !is_there(route)) else {
            effects.extend(self.begin_what_came(awaited, now_ms));
            effects.extend(self.begin_other_questionnaire(asked, now_ms));
            return effects;
        };
        if self.uncovered().is_some() {
            // What is read aloud goes with the screen; what has come before it goes on.
            effects.extend(self.hush(now_ms));
        }
        while self.path.len() > gone.max(1) {
            effects.extend(self.go_back(now_ms));
        }
        // A finger that was on its way to something else now finds another screen under it.
        self.touches.screen_changed(now_ms);
        effects
    }

    /// The tile that is open, whose content is still to come.
    fn awaited_content(&self) -> Option<ServiceId> {
        match self.route() {
            Route::Service(id) if self.content(id).is_none() => Some(id.clone()),
            _ => None,
        }
    }

    /// The tile begins as if it had been opened now, where its content has just come.
    fn begin_what_came(&mut self, awaited: Option<ServiceId>, now_ms: u64) -> Vec<Effect> {
        let Some(id) = awaited.filter(|id| self.content(id).is_some()) else {
            return Vec::new();
        };
        self.touches.screen_changed(now_ms);
        self.begin_content(&id, now_ms)
    }

    /// The tablet has just been locked: whatever is open is left, whatever was due waits, and what was being read is
    /// silenced. A danger is told all the same.
    fn fall_silent(&mut self, now_ms: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.alert().is_none() {
            effects.extend(self.hush(now_ms));
        }
        self.prompts.clear();
        self.touches.screen_changed(now_ms);
        effects.extend(self.go_home(LeaveHow::Home, now_ms));
        effects
    }

    pub(crate) fn go_home(&mut self, how: LeaveHow, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.leave_item(now_ms);
        effects.extend(self.leave_service(how, now_ms));
        let home = match self.path.first() {
            // Without a loan there is nothing but the pad.
            Some(Route::Enrolment) => Route::Enrolment,
            // Who is at first use goes to its beginning: there is no other home yet.
            _ if !self.profile.first_use_done => first_use::beginning(),
            _ => Route::Home,
        };
        self.path = vec![home];
        effects
    }

    pub(crate) fn go_back(&mut self, now_ms: u64) -> Vec<Effect> {
        if let [only] = self.path.as_slice() {
            if let Some(before) = first_use::previous(only) {
                self.path = vec![before];
            }
            return Vec::new();
        }
        match self.path.pop() {
            Some(Route::Article(..)) => self.leave_item(now_ms),
            // Under the first question that was shown there is nothing but its tile.
            Some(Route::Survey(..)) if matches!(self.route(), Route::Service(_)) => {
                self.go_back(now_ms)
            }
            Some(Route::Service(_)) => {
                let mut effects = self.leave_item(now_ms);
                effects.extend(self.leave_service(LeaveHow::Back, now_ms));
                effects
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn open_help(&mut self, screen: ScreenName) -> Vec<Effect> {
        if matches!(self.route(), Route::Help(_)) {
            return Vec::new();
        }
        self.path.push(Route::Help(screen));
        vec![Effect::Record(None, Event::HelpOpened { screen })]
    }

    pub(crate) fn open_text_sizes(&mut self) -> Vec<Effect> {
        if *self.route() != Route::TextSize {
            self.path.push(Route::TextSize);
        }
        Vec::new()
    }

    pub(crate) fn open_tile(
        &mut self,
        id: &ServiceId,
        from: OpenedFrom,
        now_ms: u64,
    ) -> Vec<Effect> {
        if self
            .content
            .as_ref()
            .is_none_or(|snapshot| snapshot.service(id).is_none())
        {
            return Vec::new();
        }
        let mut effects = self.go_home(LeaveHow::Home, now_ms);
        self.path.push(Route::Service(id.clone()));
        self.dwell.open_service(id.clone(), now_ms);
        effects.push(Effect::Record(
            Some(id.clone()),
            Event::ServiceOpened { from },
        ));
        effects.extend(self.begin_content(id, now_ms));
        effects
    }

    /// What the tile shows is begun: a programme stands before its first step, a questionnaire at its first question, and
    /// a text begins to be read.
    fn begin_content(&mut self, id: &ServiceId, now_ms: u64) -> Vec<Effect> {
        if matches!(self.content(id), Some(Content::Audio(_))) {
            self.playback.open_programme(id.clone());
        }
        let mut effects = self.begin_survey(id);
        effects.extend(self.begin_item(now_ms));
        effects
    }

    pub(crate) fn open_row(&mut self, id: String, now_ms: u64) -> Vec<Effect> {
        let Route::Service(service) = self.route().clone() else {
            return Vec::new();
        };
        if id == STOPS_ROW {
            self.path.push(Route::Stops(service));
            return Vec::new();
        }
        if id == ORIGIN_ROW {
            self.open_neighbourhoods();
            return Vec::new();
        }
        let content = self.content(&service);
        if !content.is_some_and(|content| has_item(content, &id)) {
            return Vec::new();
        }
        self.path.push(Route::Article(service, id));
        self.begin_item(now_ms)
    }

    /// The article that has just come on the screen begins to be read.
    fn begin_item(&mut self, now_ms: u64) -> Vec<Effect> {
        let Some((service, hash)) = self
            .article()
            .map(|(service, article)| (service.clone(), article.hash()))
        else {
            return Vec::new();
        };
        let mut effects = self.leave_item(now_ms);
        self.dwell.open_item(service, hash, now_ms);
        self.profile.mark_read(hash);
        effects.push(Effect::SaveProfile);
        effects
    }

    fn leave_item(&mut self, now_ms: u64) -> Vec<Effect> {
        self.dwell.leave_item(now_ms).into_iter().collect()
    }

    fn leave_service(&mut self, how: LeaveHow, now_ms: u64) -> Vec<Effect> {
        let silenced = self.playback.close_programme();
        let form = self.form.leave();
        let Some(left) = self.dwell.leave_service(how, now_ms) else {
            return Vec::new();
        };
        silenced.into_iter().chain(form).chain([left]).collect()
    }
}
