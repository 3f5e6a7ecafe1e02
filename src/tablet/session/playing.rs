//! An audio programme as it is being played: which step, and whether it runs. Pure.

use kairan_contract::{Programme, ServiceId, Step};

/// A programme that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playing {
    /// The tile it belongs to.
    pub service: ServiceId,
    /// The place of the step.
    pub step: usize,
    /// It runs.
    pub is_running: bool,
    /// The step's sound or words have ended.
    pub has_sounded: bool,
    /// How long the step has run, in milliseconds.
    pub ran_ms: u64,
    /// The last step has ended.
    pub is_over: bool,
}

impl Playing {
    /// A programme before its first step.
    pub fn new(service: ServiceId) -> Self {
        Self {
            service,
            step: 0,
            is_running: false,
            has_sounded: false,
            ran_ms: 0,
            is_over: false,
        }
    }

    /// The step that is shown.
    pub fn shown<'p>(&self, programme: &'p Programme) -> Option<&'p Step> {
        programme.steps.get(self.step)
    }

    /// Goes to the step at `index`, from its beginning.
    pub fn go_to(&mut self, index: usize) {
        self.step = index;
        self.has_sounded = false;
        self.ran_ms = 0;
        self.is_over = false;
    }

    /// Whether the step is done: its time is over, and its sound.
    pub fn is_done(&self, step: &Step) -> bool {
        let long_enough = step
            .seconds
            .is_none_or(|seconds| self.ran_ms >= u64::from(seconds) * 1000);
        self.has_sounded && long_enough
    }
}
