//! What Japanese counts with, and how counter and number change each other.

mod tables;

use super::{
    characters::{is_katakana, stands},
    numbers::{Number, SOFT, cardinal, change_ending},
};
use tables::{
    COUNTERS,
    Change::{
        self, Breathed, BreathedVoiced, Four, Hard, HardVoiced, Hour, Kilo, Month, Native, Soft,
        SoftVoiced, Steady, Year,
    },
    EXCEPTIONS, FOLLOWERS, FOUR, HARD, HOUR, KILO, MONTH, NOT_BEFORE, SOUNDS, YEAR,
};

/// A counter that was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// As the table writes it.
    pub written: &'static str,
    said: &'static str,
    change: Change,
}

impl Counter {
    /// The longest counter that stands here behind this number, and where it ends.
    pub fn find(text: &[char], at: usize, number: &Number) -> Option<(Self, usize)> {
        let first = *text.get(at)?;
        let mut found: Option<(Self, usize)> = None;
        for (change, rows) in COUNTERS {
            for (written, said) in rows {
                if !written.starts_with([first, 'か']) || !is_written(text, at, written) {
                    continue;
                }
                let end = at + written.chars().count();
                let is_longer = found.is_none_or(|(_, longest)| end > longest);
                if is_longer && fits(written, number) {
                    let counter = Self {
                        written,
                        said,
                        change,
                    };
                    found = Some((counter, end))
                        .filter(|_| !goes_on(text, end, written))
                        .or(found);
                }
            }
        }
        found
    }

    /// Number and counter in words.
    pub fn count(&self, number: &Number) -> String {
        let Some(value) = number.value else {
            return format!("{}{}", number.said, self.said);
        };
        let mut exceptions = EXCEPTIONS.iter();
        let is_it =
            |(written, of, _): &&(&str, u64, &str)| (*written, *of) == (self.written, value);
        if let Some((_, _, whole)) = exceptions.find(is_it) {
            return (*whole).to_owned();
        }
        let mut said = cardinal(value);
        let counter = self.after(&mut said);
        said + &counter
    }

    /// Changes the number's ending, and gives the counter as it sounds behind it.
    fn after(&self, said: &mut String) -> String {
        let is_three = said.ends_with("サン");
        let is_voicing = is_three || said.ends_with("セン") || said.ends_with("マン");
        let is_sharpening = is_voicing || said.ends_with("ヨン");
        let changes: &[(&str, &str)] = match self.change {
            Steady | Native => &[],
            Four => &FOUR,
            Year => &YEAR,
            Hour => &HOUR,
            Month => &MONTH,
            Kilo => &KILO,
            Hard | HardVoiced | Breathed | BreathedVoiced => &HARD,
            Soft | SoftVoiced => &SOFT,
        };
        let is_changed = change_ending(said, changes);
        match (self.change, said.as_str()) {
            (HardVoiced | SoftVoiced, _) if is_three => sound(self.said, SoundChange::Voiced),
            (BreathedVoiced, _) if is_voicing => sound(self.said, SoundChange::Voiced),
            (Breathed, _) if is_sharpening => sound(self.said, SoundChange::Sharp),
            (Breathed | BreathedVoiced, _) if is_changed => sound(self.said, SoundChange::Sharp),
            (Native, "イチ") => {
                "ヒト".clone_into(said);
                self.said.to_owned()
            }
            (Native, "ニ") => {
                "フタ".clone_into(said);
                self.said.to_owned()
            }
            _ => self.said.to_owned(),
        }
    }
}

/// Adds what follows a counter and belongs to it, as in 3日間 and 2時半; gives where it ends.
pub fn add_followers(said: &mut String, text: &[char], mut at: usize) -> usize {
    while let Some((follower, end)) = follower(text, at) {
        *said += follower;
        at = end;
    }
    at
}

fn follower(text: &[char], at: usize) -> Option<(&'static str, usize)> {
    let counter = *text.get(at.checked_sub(1)?)?;
    let found = FOLLOWERS.iter().find(|(written, _, after, not_before)| {
        let next = text.get(at + written.chars().count());
        stands(text, at, written)
            && (after.is_empty() || after.contains(counter))
            && !next.is_some_and(|next| not_before.contains(*next))
    });
    found.map(|(written, said, ..)| (*said, at + written.chars().count()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SoundChange {
    Sharp,
    Voiced,
}

fn sound(counter: &str, change: SoundChange) -> String {
    for (plain, sharp, voiced) in SOUNDS {
        if let Some(rest) = counter.strip_prefix(plain) {
            let first = match change {
                SoundChange::Sharp => sharp,
                SoundChange::Voiced => voiced,
            };
            return format!("{first}{rest}");
        }
    }
    counter.to_owned()
}

fn is_written(text: &[char], at: usize, counter: &str) -> bool {
    let mut found = text.get(at..).unwrap_or_default().iter();
    counter.chars().all(|each| {
        found
            .next()
            .is_some_and(|found| each == *found || (each == 'か' && "ヶケヵカ箇".contains(*found)))
    })
}

/// Whether the number can be that of a month, or one that つ counts.
fn fits(counter: &str, number: &Number) -> bool {
    match counter {
        "月" => number.value.is_some_and(|value| (1..=12).contains(&value)),
        "つ" => number.value.is_some_and(|value| (1..=9).contains(&value)),
        _ => true,
    }
}

/// Whether what looks like a counter goes on as another word.
fn goes_on(text: &[char], end: usize, counter: &str) -> bool {
    let Some(next) = text.get(end) else {
        return false;
    };
    let is_cut = |is: fn(char) -> bool| counter.ends_with(is) && is(*next);
    let other = NOT_BEFORE.iter().find(|(written, _)| *written == counter);
    is_cut(|each| each.is_ascii_alphabetic())
        || is_cut(is_katakana)
        || other.is_some_and(|(_, before)| before.contains(*next))
}
