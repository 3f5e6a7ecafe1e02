//! A draft whose form has been published anew: the answers are carried over, and whatever does not fit any more is
//! asked again.

use jiff::Timestamp;
use kairan_contract::{AnswerValue, Form, MisfitKind, Sha256};
use serde::{Deserialize, Serialize};

use super::FormDraft;

/// What has to be told of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DraftNotice {
    /// Something else is asked now.
    Changed,
    /// A price is another.
    PriceChanged,
    /// Something is sold out.
    SoldOut,
    /// The time is full.
    Full,
    /// The time is past, or too near.
    TooLate,
}

impl FormDraft {
    /// Goes on with another version of the form. Answers to questions that are still asked in the same way stay; goods
    /// get the prices of now, and those that are gone are left out.
    pub fn renew(&mut self, form: &Form, version: Sha256, now: Timestamp) {
        if version == self.version {
            return;
        }
        self.version = version;
        self.carry_over(form, now);
    }

    /// Takes the answers over into `form`, and notes what is to be told of that.
    pub fn carry_over(&mut self, form: &Form, now: Timestamp) {
        let total = self.total();
        self.answers
            .retain(|it| form.question(&it.question).is_some());
        let mut has_lost_goods = false;
        for answer in &mut self.answers {
            let AnswerValue::Goods { goods } = &mut answer.value else {
                continue;
            };
            goods.retain_mut(|it| {
                let known = form.goods.iter().find(|good| good.id == it.good);
                let known = known.filter(|good| !good.is_sold_out);
                has_lost_goods |= known.is_none();
                known.is_some_and(|good| {
                    it.price = good.price;
                    it.amount = it.amount.min(good.most);
                    it.amount > 0
                })
            });
        }
        self.answers
            .retain(|it| !matches!(&it.value, AnswerValue::Goods { goods } if goods.is_empty()));
        self.form = form.clone();
        self.is_notice_shown = false;
        let misfit = self.drop_misfits(now);
        self.notice = if has_lost_goods {
            Some(DraftNotice::SoldOut)
        } else if misfit.is_some() {
            misfit
        } else if total != self.total() {
            Some(DraftNotice::PriceChanged)
        } else {
            None
        };
    }

    /// Takes back every answer that does not fit now, and says what is to be told of the first of them.
    pub fn drop_misfits(&mut self, now: Timestamp) -> Option<DraftNotice> {
        let mut told = None;
        // Each turn takes an answer away, so there are no more turns than answers.
        for _ in 0..=self.answers.len() {
            let Some(misfit) = self.misfit(now) else {
                break;
            };
            if misfit.kind == MisfitKind::Missing {
                break;
            }
            self.clear(&misfit.question);
            told.get_or_insert(match misfit.kind {
                MisfitKind::TooLate => DraftNotice::TooLate,
                MisfitKind::Full => DraftNotice::Full,
                MisfitKind::SoldOut => DraftNotice::SoldOut,
                MisfitKind::Missing | MisfitKind::Nonsense | MisfitKind::NoConsent => {
                    DraftNotice::Changed
                }
            });
        }
        told
    }
}
