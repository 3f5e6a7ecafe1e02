//! A questionnaire that is being answered, until its last answer or until it is left: each answer is noted at once. Pure.

use kairan_contract::{Event, FormId, Questionnaire, ServiceId};

use super::effect::Effect;
use crate::profile::Profile;

/// The form that was opened and not sent yet.
#[derive(Debug, Clone, Default)]
pub(super) struct QuestionnaireDraft(Option<OpenForm>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct OpenForm {
    service: ServiceId,
    form: FormId,
    /// The number of its question from 1.
    step: u8,
}

impl QuestionnaireDraft {
    /// The questionnaire of a tile is opened at a question, by its number from 0. Behind the last one there is nothing
    /// to answer.
    pub(super) fn begin(
        &mut self,
        service: &ServiceId,
        questionnaire: &Questionnaire,
        number: usize,
    ) -> Option<Effect> {
        if number >= questionnaire.questions.len() {
            return None;
        }
        let form = questionnaire.id.clone();
        self.0 = Some(OpenForm {
            service: service.clone(),
            form: form.clone(),
            step: step(number),
        });
        Some(Effect::Record(
            Some(service.clone()),
            Event::FormBegan { form },
        ))
    }

    /// An answer to a question, by its place. Nothing where there is no such answer. Where another form was open, that
    /// one is left, and this one begins with the answer.
    pub(super) fn answer(
        &mut self,
        service: &ServiceId,
        questionnaire: &Questionnaire,
        (number, choice): (usize, usize),
        profile: &mut Profile,
    ) -> Option<Vec<Effect>> {
        let question = questionnaire.questions.get(number)?;
        if choice >= question.choices.len() {
            return None;
        }
        let form = &questionnaire.id;
        let record = |event| Effect::Record(Some(service.clone()), event);
        let is_another = |open: &OpenForm| (&open.service, &open.form) != (service, form);
        let mut effects = Vec::new();
        if self.0.as_ref().is_some_and(is_another) {
            effects.extend(self.leave());
            effects.extend(self.begin(service, questionnaire, number));
        }
        effects.extend([
            record(Event::QuestionAnswered {
                survey: form.clone(),
                question: step(number),
                choice: step(choice),
            }),
            record(Event::FormStep {
                form: form.clone(),
                step: step(number),
            }),
            Effect::SaveProfile,
        ]);
        let next = number + 1;
        profile.note_answered(form, next);
        if next < questionnaire.questions.len() {
            if let Some(open) = &mut self.0 {
                open.step = step(next);
            }
        } else if self.0.take().is_some() {
            effects.push(record(Event::FormSent { form: form.clone() }));
        }
        Some(effects)
    }

    /// A provider's form is opened at a question, by its number from 1.
    pub(super) fn open(&mut self, service: ServiceId, form: FormId, step: u8) {
        self.0 = Some(OpenForm {
            service,
            form,
            step,
        });
    }

    /// Another question of it is on the screen.
    pub(super) fn goes_on(&mut self, step: u8) {
        if let Some(open) = &mut self.0 {
            open.step = step;
        }
    }

    /// It is sent. Says whether it was open.
    pub(super) fn is_sent(&mut self) -> bool {
        self.0.take().is_some()
    }

    /// It is left before its end, if it was open.
    pub(super) fn leave(&mut self) -> Option<Effect> {
        let OpenForm {
            service,
            form,
            step,
        } = self.0.take()?;
        let left = Event::FormLeft { form, step };
        Some(Effect::Record(Some(service), left))
    }
}

/// The number from 1, as records count.
fn step(number: usize) -> u8 {
    u8::try_from(number + 1).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use kairan_contract::Content;

    use super::*;
    use crate::demonstration;

    fn tile() -> ServiceId {
        "survey".parse().expect("an id")
    }

    fn questionnaire() -> Questionnaire {
        match demonstration::snapshot().contents.remove(&tile()) {
            Some(Content::Questionnaire(questionnaire)) => questionnaire,
            other => panic!("no questionnaire but {other:?}"),
        }
    }

    #[test]
    fn a_form_is_left_with_its_tile_unless_it_was_sent() {
        let (form, mut profile) = (questionnaire(), Profile::practised());
        let last = form.questions.len() - 1;
        for sent in [false, true] {
            let mut draft = QuestionnaireDraft::default();
            draft.begin(&tile(), &form, 0);
            for number in 0..last {
                draft.answer(&tile(), &form, (number, 0), &mut profile);
            }
            if sent {
                let effects = draft.answer(&tile(), &form, (last, 0), &mut profile);
                let is_sent = Effect::Record(
                    Some(tile()),
                    Event::FormSent {
                        form: form.id.clone(),
                    },
                );
                assert!(effects.expect("an answer").contains(&is_sent));
            }
            let left = draft.leave();
            let of_the_form = Event::FormLeft {
                form: form.id.clone(),
                step: step(last),
            };
            let of_the_form = Effect::Record(Some(tile()), of_the_form);
            assert_eq!(left == Some(of_the_form), !sent);
            assert_eq!(draft.leave(), None, "only once");
        }
    }

    #[test]
    fn what_is_sent_is_what_began() {
        let (old, mut profile) = (questionnaire(), Profile::practised());
        let new = Questionnaire {
            id: "second-month".parse().expect("an id"),
            ..old.clone()
        };
        let last = new.questions.len() - 1;
        let mut draft = QuestionnaireDraft::default();
        draft.begin(&tile(), &old, last);
        let answered = draft.answer(&tile(), &new, (last, 0), &mut profile);
        let events = answered.expect("an answer").into_iter();
        let events: Vec<Event> = events
            .filter_map(|effect| match effect {
                Effect::Record(_, event) => Some(event),
                _ => None,
            })
            .collect();
        let left = Event::FormLeft {
            form: old.id,
            step: step(last),
        };
        let [began, sent] = [
            Event::FormBegan {
                form: new.id.clone(),
            },
            Event::FormSent { form: new.id },
        ];
        assert_eq!(events[..2], [left, began]);
        assert_eq!(events.last(), Some(&sent));
    }

    #[test]
    fn an_answer_that_is_not_offered_notes_nothing() {
        let (form, mut profile) = (questionnaire(), Profile::practised());
        let mut draft = QuestionnaireDraft::default();
        draft.begin(&tile(), &form, 0);
        for asked in [(0, 99), (99, 0)] {
            let answered = draft.answer(&tile(), &form, asked, &mut profile);
            assert_eq!(answered, None, "{asked:?}");
        }
        assert_eq!(profile, Profile::practised());
        assert_eq!(draft.begin(&tile(), &form, form.questions.len()), None);
    }
}
