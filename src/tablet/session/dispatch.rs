//! Decides who takes a command: the night, a danger, the lock, what is due, or else the screen that it was meant for.
//! Whether a tap becomes a command at all is decided in `tap_filter`, and whether it only wakes in `wake_touch`. Pure.

use jiff::Timestamp;
use kairan_contract::{Event, LeaveHow, TouchIgnored};

use super::{Command, Effect, IdleState, Route, Session, Tap};

impl Session {
    /// A finger comes down, wherever it is.
    pub fn put_down(&mut self, now_ms: u64) {
        let is_awake = self.rest() == IdleState::Awake;
        self.touches.put_down(is_awake, now_ms);
        self.touched(now_ms);
    }

    /// Whether the screen asks to be touched once more.
    pub fn asks_again(&self) -> bool {
        self.touches.asks_again()
    }

    /// What a tap is worth that comes now.
    pub(crate) fn weigh(&mut self, now_ms: u64) -> Tap {
        let is_awake = self.rest() == IdleState::Awake;
        self.touches.weigh(is_awake, now_ms)
    }

    /// Whether a tap counts now.
    pub fn accepts_touch(&self, now_ms: u64) -> Result<(), TouchIgnored> {
        self.touches.accepts(now_ms)
    }

    /// Does what a touch asks for, as far as nothing stands before the screen. `on_screen` says what the screen does.
    pub(crate) fn dispatch(
        &mut self,
        action: &Command,
        now: Timestamp,
        now_ms: u64,
        on_screen: impl FnOnce(&mut Self) -> Vec<Effect>,
    ) -> Vec<Effect> {
        self.touched(now_ms);
        if self.rest() != IdleState::Awake {
            // Any touch wakes the tablet, and does nothing else.
            self.wake(now_ms);
            return Vec::new();
        }
        if self.alert().is_some() {
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
        if self.due().is_some() {
            return self.act_on_due(action, now, now_ms, on_screen);
        }
        if let Command::Digit(digit) = action
            && let Err(why) = self.touches.accepts_digit(*digit, now_ms)
        {
            return vec![Effect::Record(None, Event::TouchIgnored { why })];
        }
        let shown = |session: &Self| {
            let profile = &session.profile;
            let mut path = session.path.clone();
            if let Some(Route::Pin { digits, .. }) = path.last_mut() {
                // The pad has a guard of its own.
                digits.clear();
            }
            (path, profile.text_size, profile.language)
        };
        let before = shown(self);
        let changes = changes_the_screen(action);
        self.playback.forget_error();
        let mut effects = on_screen(self);
        let is_elsewhere = before != shown(self);
        if is_elsewhere || changes {
            self.touches.screen_changed(now_ms);
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
        self.touches.screen_changed(now_ms);
        effects
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
