//! The one guard on the way of a touch: whether it counts, and what stands before the screen that it was meant
//! for. Pure.

use jiff::Timestamp;
use kairan_contract::{Event, LeaveHow, TouchIgnored};

use super::{Command, Effect, IdleState, Route, Session};

/// A second tap within so many milliseconds of one that changed the screen is a tremor.
pub const TREMOR_MS: u64 = 700;

/// What a tap is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tap {
    /// It does what it asks for.
    Counts,
    /// Nobody was there: it wakes the tablet, and does nothing else.
    Wakes,
    /// Whoever touches may not have seen what the tablet shows: another touch is asked for.
    OnlyWakes,
    /// It does nothing.
    Ignored(TouchIgnored),
}

impl Session {
    /// A finger comes down, wherever it is.
    pub fn put_down(&mut self, now_ms: u64) {
        let is_awake = self.rest == IdleState::Awake;
        let only_wakes = self.attention.put_down(is_awake, now_ms);
        self.touched(now_ms);
        if only_wakes {
            // A trembling finger touches twice, and its second touch has seen no more than its first.
            self.last_change_ms = Some(now_ms);
        }
    }

    /// Whether the finger that is lifted now has only woken the tablet.
    pub fn only_wakes(&mut self, now_ms: u64) -> bool {
        if self.attention.only_wakes() {
            self.last_change_ms = Some(now_ms);
        }
        self.attention.only_wakes()
    }

    /// Whether the screen asks to be touched once more.
    pub fn asks_again(&self) -> bool {
        self.attention.asks_again()
    }

    /// What a tap is worth that comes now.
    pub(crate) fn weigh(&mut self, now_ms: u64) -> Tap {
        if self.rest != IdleState::Awake {
            return Tap::Wakes;
        }
        if self.only_wakes(now_ms) {
            return Tap::OnlyWakes;
        }
        match self.accepts_touch(now_ms) {
            Ok(()) => Tap::Counts,
            Err(why) => Tap::Ignored(why),
        }
    }

    /// Whether a tap counts now.
    pub fn accepts_touch(&self, now_ms: u64) -> Result<(), TouchIgnored> {
        match self.last_change_ms {
            Some(changed) if now_ms.saturating_sub(changed) < TREMOR_MS => {
                Err(TouchIgnored::Repeat)
            }
            _ => Ok(()),
        }
    }

    /// Does what a touch asks for, as far as nothing stands before the screen. `on_screen` says what the screen does.
    pub(crate) fn guarded(
        &mut self,
        action: &Command,
        now: Timestamp,
        now_ms: u64,
        on_screen: impl FnOnce(&mut Self) -> Vec<Effect>,
    ) -> Vec<Effect> {
        self.touched(now_ms);
        if self.rest != IdleState::Awake {
            // Any touch wakes the tablet, and does nothing else.
            return self.wake(now_ms);
        }
        if self.alert.is_some() {
            // Whatever else was touched lies under the warning.
            return match action {
                Command::AlertUnderstood => self.answer_alert(false, now, now_ms),
                Command::AlertHelp => self.answer_alert(true, now, now_ms),
                _ => Vec::new(),
            };
        }
        if self.is_locked() {
            // It says whom to ring, aloud if somebody wants it, and does nothing else.
            return match action {
                Command::ReadAloud => self.read_aloud(now_ms),
                _ => Vec::new(),
            };
        }
        if self.due.is_some() {
            return self.act_on_due(action, now, now_ms, on_screen);
        }
        if let Command::Digit(digit) = action
            && self.is_tremor_on_the_pad(*digit, now_ms)
        {
            let why = TouchIgnored::Repeat;
            return vec![Effect::Record(None, Event::TouchIgnored { why })];
        }
        let shown = |session: &Self| {
            let choices = &session.profile;
            let mut path = session.path.clone();
            if let Some(Route::Pin { digits, .. }) = path.last_mut() {
                // The pad has a guard of its own.
                digits.clear();
            }
            (path, choices.text_size, choices.language)
        };
        let before = shown(self);
        let changes = changes_the_screen(action);
        self.speech_error = None;
        let mut effects = on_screen(self);
        let is_elsewhere = before != shown(self);
        if is_elsewhere || changes {
            self.last_change_ms = Some(now_ms);
        }
        if is_elsewhere {
            // What is read aloud is not on the screen any more. It is silenced first of all, before
            // anything else that is said now.
            effects.splice(0..0, self.hush(now_ms));
        }
        effects
    }

    /// The keys that are the same on every screen.
    pub(crate) fn take_key(&mut self, command: &Command, now_ms: u64) -> Vec<Effect> {
        match command {
            Command::Home => self.go_home(LeaveHow::Home, now_ms),
            Command::Back => self.go_back(now_ms),
            Command::ReadAloud => self.read_aloud(now_ms),
            Command::Open(screen) => {
                self.open(*screen);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// What is due covers everything else; the keys of the bar put it off.
    fn act_on_due(
        &mut self,
        action: &Command,
        now: Timestamp,
        now_ms: u64,
        on_screen: impl FnOnce(&mut Self) -> Vec<Effect>,
    ) -> Vec<Effect> {
        let effects = match action {
            Command::DueDone => self.do_due(now, now_ms),
            Command::DueLater | Command::Back | Command::Home => self.put_due_off(now_ms),
            Command::Choose(index) => self.choose(*index, now, now_ms),
            Command::ReadAloud => self.read_aloud(now_ms),
            Command::Help | Command::TextSizes => {
                let mut effects = self.put_due_off(now_ms);
                effects.extend(on_screen(self));
                effects
            }
            _ => return Vec::new(),
        };
        self.last_change_ms = Some(now_ms);
        effects
    }

    /// On a number pad nobody waits between two keys; only the same key again, so soon, is a tremor.
    fn is_tremor_on_the_pad(&mut self, digit: char, now_ms: u64) -> bool {
        let is_tremor = self
            .last_digit
            .is_some_and(|(known, at)| known == digit && now_ms.saturating_sub(at) < TREMOR_MS);
        if !is_tremor {
            self.last_digit = Some((digit, now_ms));
        }
        is_tremor
    }
}

/// What changes the screen though the place stays: a second tap on it would undo or double it.
fn changes_the_screen(action: &Command) -> bool {
    matches!(
        action,
        Command::Turned
            | Command::ReadAloud
            | Command::Correct
            | Command::Choose(_)
            | Command::MoveTime(_)
            | Command::ProgrammeRun
            | Command::ProgrammeStep(_)
    )
}
