//! The tablet's voice and tones, as the window's thread asks for them.

use std::{rc::Rc, sync::Arc};

use kairan_contract::{Reading, Sha256};

use super::tablet::Tablet;
use crate::{
    screens::aloud::passages,
    speech::{AudioCommand, Passage, Pronunciations, SpeechError, SpeechEvent, Tone},
    window::{show_aloud, tiles_shown},
};

impl Tablet {
    pub(super) fn send_audio(&self, command: AudioCommand) {
        if let Some(background) = &*self.background.borrow() {
            background.voice.send(command);
        }
    }

    /// How the council has its words said.
    pub(super) fn set_pronunciations(&self, pronunciations: &[Reading]) {
        self.send_audio(AudioCommand::SetPronunciations(Arc::new(
            Pronunciations::of(pronunciations),
        )));
    }

    pub(super) fn sound(&self, tone: Tone) {
        let loudness = self.session.borrow().profile.loudness;
        self.send_audio(AudioCommand::Tone(tone, loudness));
    }

    /// Reads what is on the screen. What speaks unasked, a warning, is as loud as can be.
    pub(super) fn read_screen(&self, first: Option<Tone>, is_asked_for: bool) {
        let tiles = self.window.upgrade().map(|window| tiles_shown(&window));
        let session = self.session.borrow().clone();
        let passages = passages(
            &session,
            tiles.unwrap_or_default(),
            &self.machine.borrow(),
            self.now(),
        );
        let loudness = if first == Some(Tone::Warning) {
            crate::profile::Loudness::Loud
        } else {
            session.profile.loudness
        };
        let turn = self
            .session
            .borrow_mut()
            .begin_reading(passages.clone(), is_asked_for);
        self.send_audio(AudioCommand::Speak {
            turn,
            passages,
            first,
            loudness,
            rate: session.profile.pace.rate(),
        });
    }

    /// Speaks a sentence that stands nowhere.
    pub(super) fn say(&self, words: &str) {
        let turn = self.session.borrow_mut().begin_saying();
        self.say_under(turn, words);
    }

    fn say_under(&self, turn: u64, words: &str) {
        let session = self.session.borrow();
        let command = AudioCommand::Speak {
            turn,
            passages: vec![Passage::of(words)],
            first: None,
            loudness: session.profile.loudness,
            rate: session.profile.pace.rate(),
        };
        drop(session);
        self.send_audio(command);
    }

    /// Plays a step: its sound, or its words where it has none.
    pub(super) fn play_step(self: &Rc<Self>, sound: Option<Sha256>, words: String) {
        let turn = self.session.borrow_mut().begin_step();
        let Some(sha256) = sound else {
            self.say_under(turn, &words);
            return;
        };
        let library = self.library.clone();
        let reading = self.runtime.spawn_blocking(move || library.blob(sha256));
        let tablet = Rc::clone(self);
        let placed = slint::spawn_local(async move {
            let file = reading.await.ok().flatten();
            if !tablet.session.borrow_mut().still_wants_step(turn) {
                return;
            }
            let loudness = tablet.session.borrow().profile.loudness;
            match file {
                Some(file) => tablet.send_audio(AudioCommand::Play {
                    turn,
                    file,
                    loudness,
                }),
                None => tablet.say_under(turn, &words),
            }
        });
        if let Err(error) = placed {
            tracing::warn!(%error, "a sound cannot be played");
        }
    }

    pub(super) fn pause_step(&self, still: bool) {
        self.send_audio(if still {
            AudioCommand::Pause
        } else {
            AudioCommand::Resume
        });
    }

    /// What the speaker tells.
    pub(super) fn on_speech_event(self: &Rc<Self>, event: SpeechEvent) {
        let now_ms = self.moment().uptime_ms;
        let is_clause = matches!(event, SpeechEvent::Clause { .. });
        match event {
            SpeechEvent::Cannot { why, .. } | SpeechEvent::Waits { why, .. }
                if why != SpeechError::NothingToSay =>
            {
                self.machine.borrow_mut().silence = Some(why);
            }
            SpeechEvent::Clause { .. } => self.machine.borrow_mut().silence = None,
            _ => {}
        }
        let effects = self.session.borrow_mut().on_speech_event(event, now_ms);
        self.run_effects(effects);
        if is_clause {
            // The rest of the screen stays as it is.
            if let Some(window) = self.window.upgrade() {
                show_aloud(&window, &self.session.borrow().clone());
            }
        } else {
            self.show();
        }
        self.schedule_idle_check();
        self.schedule_second();
    }
}
