//! Whether what a resident asks for can be had. Whatever comes is judged by the backend's clock against what was shown, and
//! then against what is on offer now; nothing is dropped, and nothing holds up what came with it.

use jiff::{Timestamp, tz::TimeZone};
use kairan_contract::{
    Answer, AnswerValue, DeliveryWindow, Form, GoodAmount, MisfitKind, Reason, RequestForm,
    WindowId, Yen,
};

use super::times::{appointment, latest};

/// What the backend itself makes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It can be had, if there is still room when it is taken.
    Fits(Wanted),
    /// It can be mended.
    Returned(Reason),
    /// It cannot be done.
    Declined(Reason),
}

/// What is taken from the stock, and what it comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The goods.
    pub goods: Vec<GoodAmount>,
    /// The window.
    pub window: Option<WindowId>,
    /// What it comes to.
    pub total: Option<Yen>,
}

/// What is known when somebody asks.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The form as it was shown; none where no tablet was ever shown such.
    pub shown: Option<&'a Form>,
    /// The form as it is now; none where its tile offers it no more.
    pub on_offer: Option<&'a Form>,
    /// Whether it is for whoever asks: where they live, their age, and the period of their loan.
    pub is_served: bool,
    /// How many requests of this form they have open besides this one.
    pub open: u64,
    /// How many they may have.
    pub open_at_once: u16,
    /// When it arrived.
    pub now: Timestamp,
    /// Where the council's days begin.
    pub zone: &'a TimeZone,
}

/// Judges a request.
pub fn judge(asked: &RequestForm, around: Circumstances<'_>) -> Judgement {
    use Judgement::Declined;
    let Some(shown) = around.shown.filter(|form| form.id == asked.form) else {
        return Declined(Reason::FormChanged);
    };
    let now_open = around.on_offer.filter(|form| form.id == asked.form);
    let Some(on_offer) = now_open.filter(|form| form.is_open_at(around.now)) else {
        return Declined(Reason::Closed);
    };
    if !around.is_served {
        return Declined(Reason::NotForYou);
    }
    if around.open >= around.open_at_once.into() {
        return Declined(Reason::TooMany);
    }
    if asked.answers.len() > Form::QUESTION_LIMIT
        || !shown.needs.iter().all(|it| asked.person.tells(*it))
    {
        return Declined(Reason::FormChanged);
    }
    // What was full or sold out then may be free now, and the other way round: that is asked of what is on offer.
    let misfit = with_room(shown).misfit(&asked.answers, around.now, around.zone);
    if let Some(misfit) = misfit {
        return match misfit.kind {
            MisfitKind::TooLate => Judgement::Returned(Reason::TooLate),
            MisfitKind::Full => Judgement::Returned(Reason::Full),
            MisfitKind::SoldOut => Judgement::Returned(Reason::SoldOut),
            MisfitKind::Missing | MisfitKind::Nonsense | MisfitKind::NoConsent => {
                Declined(Reason::FormChanged)
            }
        };
    }
    let answers = shown.counting(&asked.answers);
    let takes_place = appointment(shown, &answers, around.zone);
    if takes_place.is_some_and(|it| latest(it) <= around.now) {
        return Judgement::Returned(Reason::TooLate);
    }
    let total = shown.total(&answers);
    if has_goods(&answers) && total.is_none() || asked.total.is_some_and(|it| Some(it) != total) {
        return Declined(Reason::FormChanged);
    }
    match missing(&answers, shown, on_offer, around.now) {
        Some(reason) => Judgement::Returned(reason),
        None => Judgement::Fits(wanted(&answers, total)),
    }
}

/// The answers that count of what was asked, by the form that was shown.
pub fn wanted(answers: &[Answer], total: Option<Yen>) -> Wanted {
    let mut wanted = Wanted {
        total,
        ..Wanted::default()
    };
    for answer in answers {
        match &answer.value {
            AnswerValue::Goods { goods } => wanted.goods.extend(goods.iter().cloned()),
            AnswerValue::Window { window } => wanted.window = Some(window.clone()),
            _ => {}
        }
    }
    wanted
}

/// Why it cannot be had any more, by what is on offer now.
fn missing(answers: &[Answer], shown: &Form, on_offer: &Form, now: Timestamp) -> Option<Reason> {
    let wanted = wanted(answers, None);
    for good in &wanted.goods {
        let Some(found) = on_offer.goods.iter().find(|it| it.id == good.good) else {
            return Some(Reason::SoldOut);
        };
        if found.price != good.price {
            return Some(Reason::PriceChanged);
        }
        if found.is_sold_out || good.amount > found.most {
            return Some(Reason::SoldOut);
        }
    }
    if !wanted.goods.is_empty() && on_offer.delivery_fee != shown.delivery_fee {
        return Some(Reason::PriceChanged);
    }
    let window = wanted.window?;
    let found = on_offer.windows.iter().find(|it| it.id == window);
    match found {
        None => Some(Reason::TooLate),
        Some(window) if window.ask_until <= now => Some(Reason::TooLate),
        Some(window) => window.is_full.then_some(Reason::Full),
    }
}

fn has_goods(answers: &[Answer]) -> bool {
    let is_goods = |answer: &Answer| matches!(answer.value, AnswerValue::Goods { .. });
    answers.iter().any(is_goods)
}

/// The form with room for everybody.
fn with_room(form: &Form) -> Form {
    let mut form = form.clone();
    for good in &mut form.goods {
        good.is_sold_out = false;
    }
    for DeliveryWindow { is_full, .. } in &mut form.windows {
        *is_full = false;
    }
    form
}

#[cfg(test)]
mod tests;
