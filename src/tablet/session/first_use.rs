//! First use: one step after another, each tried out and none in writing. Pure.

use super::{
    question::Question,
    route::{Practice, Route},
};

/// The steps of first use in their order.
const STEPS: [Step; 8] = [
    Step::Question(Question::Language),
    Step::Question(Question::TextSize),
    Step::Question(Question::Loudness),
    Step::Practice(Practice::Tap),
    Step::Practice(Practice::GoOn),
    Step::Practice(Practice::GoBack),
    Step::Practice(Practice::GoHome),
    Step::Question(Question::Consent),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Question(Question),
    Practice(Practice),
}

impl Step {
    fn place(self) -> Route {
        match self {
            Self::Question(question) => Route::Question(question),
            Self::Practice(practice) => Route::Practice(practice),
        }
    }
}

/// Where first use begins.
pub fn beginning() -> Route {
    STEPS[0].place()
}

/// The place of `place` among the steps, counted from 1, and how many there are.
pub fn progress(place: &Route) -> Option<(usize, usize)> {
    let index = STEPS.iter().position(|step| step.place() == *place)?;
    Some((index + 1, STEPS.len()))
}

/// The step after `place`; none after the last.
pub fn next(place: &Route) -> Option<Route> {
    let (number, _) = progress(place)?;
    STEPS.get(number).map(|step| step.place())
}

/// The step before `place`; none before the first.
pub fn previous(place: &Route) -> Option<Route> {
    let (number, _) = progress(place)?;
    let index = number.checked_sub(2)?;
    STEPS.get(index).map(|step| step.place())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_lead_from_the_first_to_the_last_and_back() {
        let mut place = beginning();
        let mut walked = vec![place.clone()];
        while let Some(following) = next(&place) {
            assert_eq!(previous(&following).as_ref(), Some(&place));
            place = following;
            walked.push(place.clone());
        }
        assert_eq!(walked.len(), STEPS.len());
        assert_eq!(place, Route::Question(Question::Consent));
        assert_eq!(previous(&beginning()), None);
        assert_eq!(progress(&Route::Home), None);
    }
}
