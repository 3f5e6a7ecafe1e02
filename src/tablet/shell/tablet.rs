//! The tablet on the thread of its window: what was touched or told becomes effects, and effects are
//! carried out.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use kairan_contract::{
    BootId, EndCause, EnrolmentCode, Event, LeaveHow, Record, Request, RequestId, RequestKind,
    ServiceId, StartCause,
};
use kairan_ui::TabletWindow;
use slint::{ComponentHandle as _, Timer};
use tokio::sync::watch;
use uuid::Uuid;

use super::{clock::Timekeeper, picture_cache::PictureCache};
use crate::{
    display::Display,
    identity::Identity,
    library::Library,
    machine::Machine,
    personal::Personal,
    profile::Profile,
    recorder::Moment,
    session::{Effect, KeptRequest, RequestState, Session},
    speech::{AudioCommand, Voice},
    sync::{Outbox, SyncHandle, Writer},
    usage_log::UsageLog,
    window::show,
};

/// The tablet on the thread of its window.
pub(super) struct Tablet {
    pub(super) window: slint::Weak<TabletWindow>,
    pub(super) session: RefCell<Session>,
    pub(super) usage: RefCell<UsageLog>,
    /// The way to what runs beside the window; taken away when the program ends, so that it ends too.
    pub(super) background: RefCell<Option<Background>>,
    pub(super) library: Library,
    pub(super) pictures: RefCell<PictureCache>,
    pub(super) machine: RefCell<Machine>,
    pub(super) time: Timekeeper,
    pub(super) rest: Timer,
    pub(super) second: Timer,
    /// The day for which everything was last shown.
    pub(super) shown_day: Cell<Option<Date>>,
    pub(super) runtime: tokio::runtime::Handle,
}

/// What runs beside the window, as the window reaches it.
pub(super) struct Background {
    pub(super) writer: Writer,
    pub(super) outbox: Outbox,
    pub(super) profile: watch::Sender<Profile>,
    pub(super) personal: watch::Sender<Arc<Personal>>,
    pub(super) sync: SyncHandle,
    pub(super) voice: Voice,
    pub(super) display: Display,
}

impl Tablet {
    pub(super) fn new(
        window: &TabletWindow,
        session: Session,
        background: Background,
        library: Library,
        machine: Machine,
        time: Timekeeper,
        runtime: &tokio::runtime::Runtime,
    ) -> Rc<Self> {
        Rc::new(Self {
            window: window.as_weak(),
            session: RefCell::new(session),
            usage: RefCell::new(UsageLog::new(BootId(Uuid::new_v4()))),
            background: RefCell::new(Some(background)),
            library,
            pictures: RefCell::default(),
            machine: RefCell::new(machine),
            time,
            rest: Timer::default(),
            second: Timer::default(),
            shown_day: Cell::new(None),
            runtime: runtime.handle().clone(),
        })
    }

    pub(super) fn begin(
        self: &Rc<Self>,
        identity: &Identity,
        crashed: bool,
        code: Option<EnrolmentCode>,
    ) {
        self.begin_usage(identity);
        let cause = if crashed {
            StartCause::Crash
        } else {
            StartCause::Power
        };
        self.record(None, Event::Started { cause });
        if let Some(snapshot) = &self.session.borrow().content {
            self.set_pronunciations(&snapshot.manifest.council.readings);
        }
        if identity.loan.is_none()
            && let Some(code) = code
        {
            self.session.borrow_mut().enrolment.busy = true;
            self.with_sync(|sync| sync.enrol(code));
        }
        self.tick();
        self.schedule_next_minute();
        self.schedule_idle_check();
    }

    /// From now on there is a loan to write for, if its resident lets us.
    pub(super) fn begin_usage(&self, identity: &Identity) {
        let (has_consent, revision) = (self.has_consent(), self.revision());
        let mut usage = self.usage.borrow_mut();
        usage.begin(identity, has_consent, revision);
    }

    pub(super) fn has_consent(&self) -> bool {
        self.session.borrow().profile.consent == Some(true)
    }

    pub(super) fn revision(&self) -> u64 {
        self.session
            .borrow()
            .content
            .as_ref()
            .map_or(0, |snapshot| snapshot.manifest.catalogue)
    }

    /// Looks whether a warning must take over, something is due, or nobody is there; says whether the
    /// screen is another now.
    pub(super) fn tick(self: &Rc<Self>) -> bool {
        let now = self.moment();
        let state = |session: &Session| {
            let alert = session.alert().cloned();
            let due = session.due().cloned();
            (
                alert,
                due,
                session.rest(),
                session.heard_lately(),
                session.asks_again(),
                session.route().clone(),
            )
        };
        let before = state(&self.session.borrow());
        let effects = self.session.borrow_mut().tick(now.now, now.uptime_ms);
        self.run_effects(effects);
        before != state(&self.session.borrow())
    }

    pub(super) fn end_visit(&self, now: Moment, cause: EndCause) {
        let ended = self.usage.borrow_mut().end_visit(now, cause);
        self.write(ended);
    }

    pub(super) fn run_effects(self: &Rc<Self>, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Record(service, event) => self.record(service, event),
                Effect::EndVisit(cause) => self.end_visit(self.moment(), cause),
                Effect::SaveProfile => self.save_profile(),
                Effect::SavePersonal => self.save_personal(),
                Effect::Enrol(code) => self.with_sync(|sync| sync.enrol(code)),
                Effect::Ask(what) => self.send_request(what),
                Effect::TellSeen(seen) => self.with_sync(|sync| sync.report_seen(seen)),
                Effect::Report => self.send_request(self.machine.borrow().report()),
                Effect::ReadScreen {
                    first,
                    is_asked_for,
                } => self.read_screen(first, is_asked_for),
                Effect::Say(words) => self.say(words),
                Effect::Hush => self.send_audio(AudioCommand::Stop),
                Effect::Light => self.wake_display(),
                Effect::Sound(tone) => self.sound(tone),
                Effect::PlayStep { sound, words } => self.play_step(sound, words),
                Effect::HoldStep(still) => self.pause_step(still),
            }
        }
    }

    /// Writes a request down; it is sent as soon as it stands on the disk. Where there is no place for
    /// it, that is told at once.
    fn send_request(&self, what: RequestKind) {
        let request = Request {
            id: RequestId(Uuid::new_v4()),
            made_at: self.now().as_millisecond(),
            what,
        };
        let put = self
            .background
            .borrow()
            .as_ref()
            .map(|background| background.outbox.put(request.clone()));
        let state = match put {
            Some(Ok(())) => RequestState::Writing,
            Some(Err(error)) => {
                tracing::error!(%error, "a request has no place");
                RequestState::NotWritten
            }
            None => RequestState::NotWritten,
        };
        let mut session = self.session.borrow_mut();
        session.requests.push(KeptRequest { request, state });
    }

    pub(super) fn record(&self, service: Option<ServiceId>, event: Event) {
        let record = self.usage.borrow().record(self.moment(), service, event);
        self.write(record);
    }

    pub(super) fn write(&self, records: impl IntoIterator<Item = Record>) {
        if let Some(background) = &*self.background.borrow() {
            let records = records.into_iter();
            records.for_each(|record| background.writer.write(record));
        }
    }

    fn wake_display(&self) {
        if let Some(background) = &*self.background.borrow() {
            background.display.wake();
        }
    }

    fn with_sync(&self, call: impl FnOnce(&SyncHandle)) {
        if let Some(background) = &*self.background.borrow() {
            call(&background.sync);
        }
    }

    /// Keeps what the resident chose, beside the window's thread.
    pub(super) fn save_profile(&self) {
        if let Some(background) = &*self.background.borrow() {
            background
                .profile
                .send_replace(self.session.borrow().profile.clone());
        }
    }

    /// Keeps what is told of the resident, beside the window's thread.
    pub(super) fn save_personal(&self) {
        if let Some(background) = &*self.background.borrow() {
            background
                .personal
                .send_replace(Arc::clone(&self.session.borrow().personal));
        }
    }

    /// What is told of the resident.
    pub(super) fn personal(&self) -> Arc<Personal> {
        Arc::clone(&self.session.borrow().personal)
    }

    pub(super) fn show(self: &Rc<Self>) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        // A copy, because the face may call back while it is filled.
        let session = self.session.borrow().clone();
        let size = window.window().size();
        self.machine.borrow_mut().pixels = (size.width, size.height);
        let machine = self.machine.borrow().clone();
        show(&window, &session, &machine, self.now(), |sha256| {
            self.pictures.borrow().shown(sha256)
        });
        self.fetch_pictures(&session);
    }

    /// What the resident chose.
    pub(super) fn profile(&self) -> Profile {
        self.session.borrow().profile.clone()
    }

    pub(super) fn end_idle_visit(&self) {
        let records = self.usage.borrow_mut().end_idle_visit(self.moment());
        self.write(records);
    }

    /// What time it is.
    pub(super) fn now(&self) -> Timestamp {
        self.moment().now
    }

    pub(super) fn moment(&self) -> Moment {
        self.time.moment()
    }

    /// Leaves everything as a resident would who goes away, and closes the way to the journal.
    pub(super) fn end(self: &Rc<Self>) -> Option<SyncHandle> {
        self.time.stop();
        for timer in [&self.rest, &self.second] {
            timer.stop();
        }
        let now = self.moment();
        let effects = self
            .session
            .borrow_mut()
            .leave(LeaveHow::Home, now.uptime_ms);
        self.run_effects(effects);
        self.end_visit(now, EndCause::Stop);
        self.background.take().map(|background| {
            background.outbox.close();
            background.sync
        })
    }
}
