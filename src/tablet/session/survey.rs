//! Questionnaires: one question after another, each answer noted at once. Pure.

use kairan_contract::{Content, LeaveHow, Questionnaire, ServiceId};

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
    use crate::{demonstration, profile::Profile, session::Command};

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
