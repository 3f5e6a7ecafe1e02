//! Questionnaires: one question after another, each answer noted at once. Pure.

use kairan_contract::{Content, FormId, LeaveHow, Questionnaire, ServiceId};

use super::{Effect, Route, Session};
use crate::speech::Tone;

impl Session {
    /// The questionnaire of a tile.
    fn questionnaire(&self, id: &ServiceId) -> Option<&Questionnaire> {
        match self.content(id)? {
            Content::Questionnaire(questionnaire) => Some(questionnaire),
            _ => None,
        }
    }

    /// The questionnaire on the screen, and the number of its question from 0.
    pub fn survey(&self) -> Option<(&Questionnaire, usize)> {
        let Route::Survey(id, number) = self.route() else {
            return None;
        };
        Some((self.questionnaire(id)?, *number))
    }

    /// The questionnaire that is open, by its tile and its form.
    pub(super) fn asked_questionnaire(&self) -> Option<(ServiceId, FormId)> {
        let mut tiles = self.path.iter().filter_map(|route| match route {
            Route::Survey(id, _) => Some(id),
            _ => None,
        });
        let id = tiles.next()?;
        Some((id.clone(), self.questionnaire(id)?.id.clone()))
    }

    /// Where another questionnaire has taken the place of the one that was open, that one is left, and this one begins at
    /// its own first question without an answer.
    pub(super) fn begin_other_questionnaire(
        &mut self,
        asked: Option<(ServiceId, FormId)>,
        now_ms: u64,
    ) -> Vec<Effect> {
        let now_asked = self.asked_questionnaire();
        let (Some((_, form)), Some((id, now_form))) = (asked, now_asked) else {
            return Vec::new();
        };
        if form == now_form {
            return Vec::new();
        }
        let mut effects = Vec::new();
        if self.uncovered().is_some() {
            effects.extend(self.hush(now_ms));
        }
        effects.extend(self.form.leave());
        let is_survey = |route: &Route| matches!(route, Route::Survey(..));
        let first = self.path.iter().position(is_survey).unwrap_or(1);
        let mut above = self.path.split_off(first);
        above.retain(|route| !is_survey(route));
        effects.extend(self.begin_survey(&id));
        self.path.extend(above);
        self.touches.screen_changed(now_ms);
        effects
    }

    /// Goes to the first question that has no answer yet.
    pub(super) fn begin_survey(&mut self, id: &ServiceId) -> Vec<Effect> {
        let Some(Content::Questionnaire(questionnaire)) =
            self.content.as_ref().and_then(|it| it.contents.get(id))
        else {
            return Vec::new();
        };
        let answered = self.profile.answered(&questionnaire.id);
        let number = answered.min(questionnaire.questions.len());
        self.path.push(Route::Survey(id.clone(), number));
        let began = self.form.begin(id, questionnaire, number);
        began.into_iter().collect()
    }

    /// An answer, by its place. Behind the last question there is one key, and it leads home.
    pub(crate) fn answer_survey(&mut self, choice: usize, now_ms: u64) -> Vec<Effect> {
        let Route::Survey(id, number) = self.route().clone() else {
            return Vec::new();
        };
        let Some(Content::Questionnaire(questionnaire)) =
            self.content.as_ref().and_then(|it| it.contents.get(&id))
        else {
            return Vec::new();
        };
        let count = questionnaire.questions.len();
        if number >= count {
            return self.go_home(LeaveHow::Home, now_ms);
        }
        let given = (number, choice);
        let Some(noted) = self
            .form
            .answer(&id, questionnaire, given, &mut self.profile)
        else {
            return Vec::new();
        };
        let mut effects = self.hush(now_ms);
        effects.extend(noted);
        let next = number + 1;
        if next == count {
            // もどる leads out of what is over, and not into its last question.
            self.path
                .retain(|route| !matches!(route, Route::Survey(..)));
            effects.push(Effect::Sound(Tone::Sent));
        }
        self.path.push(Route::Survey(id, next));
        effects
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{demonstration, profile::Profile, session::Command, speech::Passage};

    fn kinds(effects: &[Effect]) -> Vec<String> {
        let kinds = effects.iter().filter_map(|effect| match effect {
            Effect::Record(_, event) => Some(event.to_parts().0),
            _ => None,
        });
        kinds.collect()
    }

    fn session() -> Session {
        let snapshot = Some(Arc::new(demonstration::snapshot()));
        Session::new(snapshot, Profile::practised(), true)
    }

    fn act(session: &mut Session, action: Command, at: u64) -> Vec<String> {
        kinds(&session.update(action, demonstration::now(), at))
    }

    fn open(session: &mut Session, at: u64) -> Vec<String> {
        let tile = "survey".parse().expect("an id");
        act(session, Command::OpenTile(tile), at)
    }

    #[test]
    fn each_answer_is_noted_and_the_last_one_sends_the_form() {
        let mut session = session();
        assert_eq!(open(&mut session, 0), ["service_opened", "form_began"]);
        let answered = ["question_answered", "form_step"];
        assert_eq!(act(&mut session, Command::Choose(0), 1_000), answered);
        // Who changes their mind goes back, and answers once more.
        assert_eq!(act(&mut session, Command::Back, 2_000), [""; 0]);
        assert_eq!(session.survey().map(|(_, number)| number), Some(0));
        assert_eq!(act(&mut session, Command::Choose(9), 3_000), [""; 0]);
        assert_eq!(act(&mut session, Command::Choose(1), 4_000), answered);
        assert_eq!(act(&mut session, Command::Choose(1), 5_000), answered);
        assert_eq!(
            act(&mut session, Command::Choose(4), 6_000),
            ["question_answered", "form_step", "form_sent"]
        );
        // もどる leads home, and not into the last question once more.
        assert_eq!(act(&mut session, Command::Back, 7_000), ["service_left"]);
        assert_eq!(session.route(), &Route::Home);
    }

    #[test]
    fn who_leaves_goes_on_where_they_stopped_whatever_is_switched_off() {
        let mut session = session();
        open(&mut session, 0);
        act(&mut session, Command::Choose(0), 1_000);
        assert_eq!(
            act(&mut session, Command::Home, 2_000),
            ["form_left", "service_left"]
        );
        let kept = serde_json::to_string(&session.profile).expect("writes");
        let profile = serde_json::from_str(&kept).expect("reads");
        let snapshot = Some(Arc::new(demonstration::snapshot()));
        let mut session = Session::new(snapshot, profile, true);
        open(&mut session, 0);
        assert_eq!(session.survey().map(|(_, number)| number), Some(1));
        // Behind the first question that was shown lies its tile, and behind that is home.
        act(&mut session, Command::Back, 1_000);
        assert_eq!(session.route(), &Route::Home);
    }

    #[test]
    fn another_questionnaire_in_its_place_begins_at_its_own_first_question() {
        let mut session = session();
        open(&mut session, 0);
        act(&mut session, Command::Choose(0), 1_000);
        let turn = session.begin_reading(vec![Passage::of("文字は")], false);
        let mut snapshot = demonstration::snapshot();
        let id: ServiceId = "survey".parse().expect("an id");
        if let Some(Content::Questionnaire(shown)) = snapshot.contents.get_mut(&id) {
            shown.id = "second-month".parse().expect("an id");
        }
        let effects = session.set_content(Arc::new(snapshot.clone()), 2_000);
        assert_eq!(effects[0], Effect::Hush, "turn {turn} is of another");
        assert_eq!(kinds(&effects), ["form_left", "form_began"]);
        assert_eq!(session.survey().map(|(_, number)| number), Some(0));
        assert!(session.accepts_touch(2_100).is_err(), "another screen");
        let again = session.set_content(Arc::new(snapshot), 3_000);
        assert_eq!(again, [], "it is the same one now");
        act(&mut session, Command::Back, 4_000);
        assert_eq!(session.route(), &Route::Home);
    }

    #[test]
    fn a_questionnaire_that_comes_while_its_tile_is_open_begins_then() {
        let mut snapshot = demonstration::snapshot();
        let whole = snapshot.clone();
        let id: ServiceId = "survey".parse().expect("an id");
        snapshot.contents.remove(&id);
        let snapshot = Some(Arc::new(snapshot));
        let mut session = Session::new(snapshot, Profile::practised(), true);
        assert_eq!(open(&mut session, 0), ["service_opened"]);
        let effects = session.set_content(Arc::new(whole), 1_000);
        assert_eq!(kinds(&effects), ["form_began"]);
        assert_eq!(session.survey().map(|(_, number)| number), Some(0));
    }

    #[test]
    fn a_questionnaire_that_shrinks_or_goes_leads_home() {
        let mut session = session();
        open(&mut session, 0);
        act(&mut session, Command::Choose(0), 1_000);
        act(&mut session, Command::Choose(0), 2_000);
        let mut snapshot = demonstration::snapshot();
        let id: ServiceId = "survey".parse().expect("an id");
        if let Some(Content::Questionnaire(shown)) = snapshot.contents.get_mut(&id) {
            shown.questions.truncate(1);
        }
        session.set_content(Arc::new(snapshot.clone()), 3_000);
        assert_ne!(session.survey().map(|(_, number)| number), Some(2));
        snapshot.contents.remove(&id);
        session.set_content(Arc::new(snapshot), 4_000);
        assert_eq!(session.survey(), None);
        act(&mut session, Command::Home, 5_000);
        assert_eq!(session.route(), &Route::Home);
    }
}
