//! Goods and numbers that are counted up and down, within their bounds.

use std::collections::BTreeSet;

use kairan_contract::{AnswerType, AnswerValue, Good, GoodAmount, GoodId, QuestionId, Yen};

use super::FormDraft;

impl FormDraft {
    /// How many of a good are chosen.
    pub fn amount(&self, question: &QuestionId, good: &GoodId) -> u16 {
        let chosen = self.chosen(question).iter().find(|it| it.good == *good);
        chosen.map_or(0, |it| it.amount)
    }

    /// The goods that are chosen, in the order of the form.
    pub fn chosen(&self, question: &QuestionId) -> &[GoodAmount] {
        match self.value(question) {
            Some(AnswerValue::Goods { goods }) => goods,
            _ => &[],
        }
    }

    /// Whether one more can be had.
    pub fn may_have_more(&self, question: &QuestionId, good: &Good) -> bool {
        let Some(AnswerType::Goods { kinds, pieces }) =
            self.form.question(question).map(|it| &it.answer)
        else {
            return false;
        };
        let chosen = self.chosen(question);
        let all: u32 = chosen.iter().map(|it| u32::from(it.amount)).sum();
        let amount = self.amount(question, &good.id);
        let is_new_kind_free = amount > 0 || chosen.len() < usize::from(*kinds);
        let fits = Yen::default()
            .plus(self.total().unwrap_or_default())
            .and_then(|total| total.plus(good.price));
        !good.is_sold_out
            && amount < good.most.min(Good::MOST)
            && is_new_kind_free
            && all < u32::from(*pieces)
            && fits.is_some()
    }

    /// One more or one less of a good. Says whether anything changed.
    pub fn change_amount(&mut self, question: &QuestionId, good: &GoodId, is_more: bool) -> bool {
        let found = self.form.goods.iter().find(|it| it.id == *good);
        let Some(good) = found.cloned() else {
            return false;
        };
        let amount = self.amount(question, &good.id);
        let amount = if is_more {
            if !self.may_have_more(question, &good) {
                return false;
            }
            amount + 1
        } else {
            let Some(less) = amount.checked_sub(1) else {
                return false;
            };
            less
        };
        let mut goods = self.chosen(question).to_vec();
        goods.retain(|it| it.good != good.id);
        if amount > 0 {
            goods.push(GoodAmount {
                good: good.id,
                amount,
                price: good.price,
            });
        }
        let place = |it: &GoodAmount| self.form.goods.iter().position(|good| good.id == it.good);
        goods.sort_by_key(place);
        if goods.is_empty() {
            self.clear(question);
        } else {
            self.answer(question, AnswerValue::Goods { goods });
        }
        true
    }

    /// The number that stands on the screen: what was answered, or the least.
    pub fn number(&self, question: &QuestionId) -> u32 {
        match (
            self.value(question),
            self.form.question(question).map(|it| &it.answer),
        ) {
            (Some(AnswerValue::Number { number }), _) => *number,
            (_, Some(AnswerType::Number { least, .. })) => *least,
            _ => 0,
        }
    }

    /// One more or one less, within the bounds of the question. Says whether anything changed.
    pub fn change_number(&mut self, question: &QuestionId, is_more: bool) -> bool {
        let Some(AnswerType::Number { least, most, .. }) =
            self.form.question(question).map(|it| it.answer.clone())
        else {
            return false;
        };
        let number = self.number(question);
        let moved = if is_more {
            number.checked_add(1)
        } else {
            number.checked_sub(1)
        };
        let Some(number) = moved.filter(|it| (least..=most).contains(it)) else {
            return false;
        };
        self.answer(question, AnswerValue::Number { number });
        true
    }

    /// The groups of the form's goods, in the order in which they stand.
    pub fn groups(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        let groups = self.form.goods.iter().map(group_of);
        groups.filter(|group| seen.insert(*group)).collect()
    }

    /// The goods of one group.
    pub fn goods_of(&self, group: usize) -> Vec<&Good> {
        let groups = self.groups();
        let Some(group) = groups.get(group) else {
            return Vec::new();
        };
        let goods = self.form.goods.iter();
        goods.filter(|it| group_of(it) == *group).collect()
    }
}

fn group_of(good: &Good) -> &str {
    good.group.as_deref().unwrap_or_default()
}
