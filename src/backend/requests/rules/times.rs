//! Until when somebody answers, until when it can be cancelled, and when it takes place.

use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};
use kairan_catalogue::{
    form::FormRules,
    opening_hours::{Holidays, OpeningHours},
};
use kairan_contract::{Answer, AnswerType, AnswerValue, Appointment, Form};

/// So long something that was sent back waits to be mended, and a place that came free to be taken.
const MENDED_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// When somebody who keeps these hours can be asked something.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    /// When the provider is open.
    pub hours: &'a OpeningHours,
    /// When it is closed besides.
    pub holidays: &'a Holidays,
    /// Where its days begin.
    pub zone: &'a TimeZone,
}

/// When what is asked for takes place: its window, or the day with the time that were answered. A day without a time is
/// the whole day.
pub fn appointment(form: &Form, answers: &[Answer], zone: &TimeZone) -> Option<Appointment> {
    let counting = form.counting(answers);
    let window = counting.iter().find_map(|answer| match &answer.value {
        AnswerValue::Window { window } => form.windows.iter().find(|it| it.id == *window),
        _ => None,
    });
    if let Some(window) = window {
        return Some(Appointment {
            begins_at: window.begins_at,
            ends_at: window.ends_at,
        });
    }
    let day = counting.iter().find_map(|answer| match answer.value {
        AnswerValue::Day { day } => Some(day),
        _ => None,
    })?;
    let time = counting.iter().find_map(|answer| match answer.value {
        AnswerValue::Time { time } => Some((time, &answer.question)),
        _ => None,
    });
    let at = |local| zone.to_timestamp(local).ok();
    let Some((time, question)) = time else {
        let next = day.checked_add(1.day()).ok()?;
        return Some(Appointment {
            begins_at: at(day.to_datetime(jiff::civil::Time::midnight()))?,
            ends_at: at(next.to_datetime(jiff::civil::Time::midnight()))?,
        });
    };
    let minutes = match form.question(question).map(|it| &it.answer) {
        Some(AnswerType::Time { step_minutes, .. }) => i64::from(*step_minutes).max(1),
        _ => 1,
    };
    let begins_at = at(day.to_datetime(time))?;
    Some(Appointment {
        begins_at,
        ends_at: begins_at
            .checked_add(SignedDuration::from_mins(minutes))
            .ok()?,
    })
}

/// Until when its provider answers: within its hours, and never after what is asked for begins.
pub fn answer_by(
    asked_at: Timestamp,
    rules: &FormRules,
    calendar: Calendar<'_>,
    appointment: Option<Appointment>,
) -> Timestamp {
    let within = SignedDuration::from_hours(rules.answer_within_hours.into());
    let by = calendar
        .hours
        .after(asked_at, within, calendar.zone, calendar.holidays);
    appointment.map_or(by, |it| by.min(latest(it)))
}

/// From when on it is too late for what takes place then: from its beginning, or, where a whole day was asked for, from
/// the end of it.
pub fn latest(appointment: Appointment) -> Timestamp {
    let lasts = appointment.begins_at.duration_until(appointment.ends_at);
    if lasts >= SignedDuration::from_hours(24) {
        appointment.ends_at
    } else {
        appointment.begins_at
    }
}

/// Until when it can be cancelled freely, where it takes place at a time: until it begins where the form says nothing.
pub fn cancel_until(
    rules: &FormRules,
    calendar: Calendar<'_>,
    appointment: Option<Appointment>,
) -> Option<Timestamp> {
    let begins_at = appointment?.begins_at;
    Some(rules.cancel_until.map_or(begins_at, |until| {
        until.before(begins_at, calendar.hours, calendar.holidays)
    }))
}

/// Until when something that was sent back at this moment can be mended.
pub fn mend_until(returned_at: Timestamp) -> Timestamp {
    returned_at
        .checked_add(MENDED_WITHIN)
        .unwrap_or(returned_at)
}

#[cfg(test)]
mod tests {
    use kairan_catalogue::form::zone;

    use super::*;

    fn at(local: &str) -> Timestamp {
        let local: jiff::civil::DateTime = local.parse().expect("a time");
        zone().to_timestamp(local).expect("a time")
    }

    #[test]
    fn case_6_the_time_for_an_answer_does_not_run_out_overnight() {
        let (hours, holidays, zone) = (OpeningHours::default(), Holidays::of_japan(), zone());
        let calendar = Calendar {
            hours: &hours,
            holidays: &holidays,
            zone: &zone,
        };
        let rules = FormRules::default();
        // A Friday evening: eight hours of opening later it is Monday at five.
        let by = answer_by(at("2026-12-04T17:30"), &rules, calendar, None);
        assert_eq!(by, at("2026-12-07T17:00"));
        // And what begins before that is answered before it begins.
        let window = Appointment {
            begins_at: at("2026-12-07T10:00"),
            ends_at: at("2026-12-07T12:00"),
        };
        let by = answer_by(at("2026-12-04T17:30"), &rules, calendar, Some(window));
        assert_eq!(by, window.begins_at);
    }
}
