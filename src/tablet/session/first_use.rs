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
    fn route(self) -> Route {
        match self {
            Self::Question(question) => Route::Question(question),
            Self::Practice(practice) => Route::Practice(practice),
        }
    }
}

/// Where first use begins.
pub fn beginning() -> Route {
    STEPS[0].route()
}

/// The place of `route` among the steps, counted from 1, and how many there are.
pub fn progress(route: &Route) -> Option<(usize, usize)> {
    let index = STEPS.iter().position(|step| step.route() == *route)?;
    Some((index + 1, STEPS.len()))
}

/// The step after `route`; none after the last.
pub fn next(route: &Route) -> Option<Route> {
    let (number, _) = progress(route)?;
    STEPS.get(number).map(|step| step.route())
}

/// The step before `route`; none before the first.
pub fn previous(route: &Route) -> Option<Route> {
    let (number, _) = progress(route)?;
    let index = number.checked_sub(2)?;
    STEPS.get(index).map(|step| step.route())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_lead_from_the_first_to_the_last_and_back() {
        let mut route = beginning();
        let mut walked = vec![route.clone()];
        while let Some(following) = next(&route) {
            assert_eq!(previous(&following).as_ref(), Some(&route));
            route = following;
            walked.push(route.clone());
        }
        assert_eq!(walked.len(), STEPS.len());
        assert_eq!(route, Route::Question(Question::Consent));
        assert_eq!(previous(&beginning()), None);
        assert_eq!(progress(&Route::Home), None);
    }
}
