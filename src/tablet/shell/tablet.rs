//! The tablet on the thread of its window: what was touched or told becomes effects, and effects are
//! carried out.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use jiff::{Timestamp, civil::Date};
use kairan_contract::{
    BootId, EndCause, EnrolmentCode, Event, LeaveHow, Record, Request, RequestId, RequestKind,
    ServiceId, Sha256, StartCause, TouchIgnored,
};
use kairan_ui::TabletWindow;
use slint::{ComponentHandle as _, Image, Timer};
use tokio::sync::watch;
use uuid::Uuid;

use super::clock::Timekeeper;
use crate::{
    display::Display,
    identity::Identity,
    library::Library,
    machine::Machine,
    profile::Profile,
    recorder::{Moment, Recorder},
    session::{Answer, Command, Effect, KeptRequest, RequestState, Session},
    speech::{AudioCommand, Tone, Voice},
    sync::{LinkEvent, Outbox, SyncHandle, Writer},
    window::{InputHandler, show, show_whether_asked_again},
};

/// The tablet on the thread of its window.
pub(super) struct Tablet {
    pub(super) window: slint::Weak<TabletWindow>,
    pub(super) session: RefCell<Session>,
    /// There is none before the tablet is let in, and none without consent: then nothing is written.
    recorder: RefCell<Option<Recorder>>,
    /// Who the tablet is, once it has a loan.
    identity: RefCell<Option<Identity>>,
    /// The way to what runs beside the window; taken away when the program ends, so that it ends too.
    pub(super) beside: RefCell<Option<Beside>>,
    pub(super) library: Library,
    /// Decoded pictures; none where one cannot be decoded.
    pub(super) pictures: RefCell<HashMap<Sha256, Option<Image>>>,
    pub(super) machine: RefCell<Machine>,
    boot: BootId,
    pub(super) time: Timekeeper,
    pub(super) rest: Timer,
    pub(super) second: Timer,
    /// The day for which everything was last shown.
    pub(super) shown_day: Cell<Option<Date>>,
    pub(super) runtime: tokio::runtime::Handle,
}

/// What runs beside the window, as the window reaches it.
pub(super) struct Beside {
    pub(super) writer: Writer,
    pub(super) outbox: Outbox,
    pub(super) chosen: watch::Sender<Profile>,
    pub(super) wishes: SyncHandle,
    pub(super) voice: Voice,
    pub(super) display: Display,
}

impl Tablet {
    pub(super) fn new(
        window: &TabletWindow,
        session: Session,
        beside: Beside,
        library: Library,
        machine: Machine,
        time: Timekeeper,
        runtime: &tokio::runtime::Runtime,
    ) -> Rc<Self> {
        Rc::new(Self {
            window: window.as_weak(),
            session: RefCell::new(session),
            recorder: RefCell::new(None),
            identity: RefCell::new(None),
            beside: RefCell::new(Some(beside)),
            library,
            pictures: RefCell::default(),
            machine: RefCell::new(machine),
            boot: BootId(Uuid::new_v4()),
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
        self.begin_records(identity);
        let cause = if crashed {
            StartCause::Crash
        } else {
            StartCause::Power
        };
        self.record(None, Event::Started { cause });
        if let Some(held) = &self.session.borrow().content {
            self.teach_voice(&held.manifest.council.readings);
        }
        if identity.loan.is_none()
            && let Some(code) = code
        {
            self.session.borrow_mut().enrolment.busy = true;
            self.wish(|wishes| wishes.enrol(code));
        }
        self.tick();
        self.wait_for_the_next_minute();
        self.wait_for_rest();
    }

    /// From now on there is a loan to write for, if its resident lets us.
    fn begin_records(&self, identity: &Identity) {
        *self.identity.borrow_mut() = Some(identity.clone());
        let consents = self.session.borrow().profile.consent == Some(true);
        let Some(loan) = identity.loan.as_ref().filter(|_| consents) else {
            *self.recorder.borrow_mut() = None;
            return;
        };
        let revision = self.revision();
        let mut recorder = self.recorder.borrow_mut();
        // Visits and the clock go on counting: they belong to this start of the program.
        let recorder = recorder
            .get_or_insert_with(|| Recorder::new(identity.tablet, loan.participation, self.boot));
        recorder.set_participation(loan.participation);
        recorder.set_catalogue(revision);
    }

    fn revision(&self) -> u64 {
        self.session
            .borrow()
            .content
            .as_ref()
            .map_or(0, |held| held.manifest.catalogue)
    }

    /// What the link tells.
    pub(super) fn on_link_event(self: &Rc<Self>, told: LinkEvent) {
        let now = self.moment();
        // A minute in which nothing changed draws nothing.
        let before = self.session.borrow().connection;
        let mut is_news = !matches!(
            told,
            LinkEvent::Online { .. } | LinkEvent::Unauthorized | LinkEvent::Offline
        );
        let effects = match told {
            LinkEvent::Online { time, is_kept } => {
                // Everything on the screen may be told by another clock now.
                is_news = time.is_some_and(|time| self.time.hear(time));
                if is_news {
                    self.wait_for_the_next_minute();
                }
                let mut session = self.session.borrow_mut();
                let mut effects = session.set_last_contact(self.now(), self.time.contact());
                let how = if is_kept {
                    Answer::Kept
                } else {
                    Answer::NotKept
                };
                effects.extend(session.answered(how, now.uptime_ms));
                if self.time.is_to_be_kept() || is_news {
                    effects.push(Effect::SaveProfile);
                }
                effects
            }
            LinkEvent::Offline => {
                let effects = self.session.borrow_mut().not_answered(now.uptime_ms);
                // When it was last true must be known after a restart, too.
                if !effects.is_empty() {
                    self.keep_choices();
                }
                effects
            }
            LinkEvent::Unauthorized => self.answered(Answer::NotLetIn, now),
            LinkEvent::Content(held) => {
                // What could not be decoded may have come anew.
                self.pictures
                    .borrow_mut()
                    .retain(|_, picture| picture.is_some());
                let catalogue = held.manifest.catalogue;
                self.teach_voice(&held.manifest.council.readings);
                let effects = self.session.borrow_mut().set_content(held, now.uptime_ms);
                self.run_effects(effects);
                if let Some(recorder) = &mut *self.recorder.borrow_mut() {
                    recorder.set_catalogue(catalogue);
                }
                Vec::new()
            }
            LinkEvent::Enrolled(identity) => self.on_enrolled(&identity, now),
            LinkEvent::Refused(why) => {
                self.session.borrow_mut().enrolment_refused(why);
                Vec::new()
            }
            LinkEvent::Written(id) => {
                self.set_request_state(id, RequestState::Waiting);
                Vec::new()
            }
            LinkEvent::NotWritten(id) => {
                self.set_request_state(id, RequestState::NotWritten);
                Vec::new()
            }
            LinkEvent::Requests(requests) => {
                self.hear_of_requests(requests);
                Vec::new()
            }
            LinkEvent::Received(ids) => {
                self.hear_of_arrival(&ids);
                Vec::new()
            }
            LinkEvent::ProfileSaved(are_kept) => {
                self.session.borrow_mut().profile_unsaved = !are_kept;
                Vec::new()
            }
            LinkEvent::ToBeWiped => {
                // The program starts anew, and forgets before it opens anything.
                if let Err(error) = slint::quit_event_loop() {
                    tracing::warn!(%error, "the window was closed already");
                }
                return;
            }
        };
        self.run_effects(effects);
        let is_alarmed = self.tick();
        if is_news || is_alarmed || self.session.borrow().connection != before {
            self.show();
        }
    }

    /// How far what was asked has come. What has just arrived is heard.
    fn hear_of_requests(&self, requests: Vec<KeptRequest>) {
        let arrived = self.session.borrow_mut().put_requests(requests);
        if arrived {
            self.sound(Tone::Sent);
        }
    }

    /// These stand at the backend, whatever the disk knows of it.
    fn hear_of_arrival(&self, ids: &[RequestId]) {
        let arrived = self.session.borrow_mut().requests_arrived(ids);
        if arrived {
            self.sound(Tone::Sent);
        }
    }

    fn set_request_state(&self, id: RequestId, state: RequestState) {
        let mut session = self.session.borrow_mut();
        let mut requests = session.requests.iter_mut();
        if let Some(known) =
            requests.find(|it| it.request.id == id && it.state != RequestState::Received)
        {
            known.state = state;
        }
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

    fn answered(&self, how: Answer, now: Moment) -> Vec<Effect> {
        self.session.borrow_mut().answered(how, now.uptime_ms)
    }

    /// What was open is left in the name of the loan before; then the new one begins.
    fn on_enrolled(self: &Rc<Self>, identity: &Identity, now: Moment) -> Vec<Effect> {
        let left = self.session.borrow_mut().on_enrolled(now.uptime_ms);
        self.run_effects(left);
        if let Some(loan) = &identity.loan {
            self.session.borrow_mut().begin_loan(loan.participation);
            self.keep_choices();
        }
        self.end_visit(now, EndCause::Stop);
        self.begin_records(identity);
        let cause = StartCause::Power;
        vec![Effect::Record(None, Event::Started { cause })]
    }

    fn end_visit(&self, now: Moment, cause: EndCause) {
        let ended = self
            .recorder
            .borrow_mut()
            .as_mut()
            .and_then(|recorder| recorder.end_visit(now, cause));
        if let Some(record) = ended {
            self.write(record);
        }
    }

    pub(super) fn run_effects(self: &Rc<Self>, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Record(service, event) => self.record(service, event),
                Effect::EndVisit(cause) => self.end_visit(self.moment(), cause),
                Effect::SaveProfile => self.keep_choices(),
                Effect::Enrol(code) => self.wish(|wishes| wishes.enrol(code)),
                Effect::Ask(what) => self.ask_the_council(what),
                Effect::TellSeen(seen) => self.wish(|wishes| wishes.report_seen(seen)),
                Effect::Report => self.ask_the_council(self.machine.borrow().report()),
                Effect::ReadScreen {
                    first,
                    is_asked_for,
                } => self.read_screen(first, is_asked_for),
                Effect::Say(words) => self.say(words),
                Effect::Hush => self.order(AudioCommand::Hush),
                Effect::Light => self.light(),
                Effect::Sound(tone) => self.sound(tone),
                Effect::PlayStep { sound, words } => self.play_step(sound, words),
                Effect::HoldStep(still) => self.hold_step(still),
            }
        }
    }

    /// Writes a request down; it is sent as soon as it stands on the disk. Where there is no place for
    /// it, that is told at once.
    fn ask_the_council(&self, what: RequestKind) {
        let request = Request {
            id: RequestId(Uuid::new_v4()),
            made_at: self.now().as_millisecond(),
            what,
        };
        let put = self
            .beside
            .borrow()
            .as_ref()
            .map(|beside| beside.outbox.put(request.clone()));
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

    fn record(&self, service: Option<ServiceId>, event: Event) {
        if let Some(recorder) = &*self.recorder.borrow() {
            self.write(recorder.record(self.moment(), service, event));
        }
    }

    fn write(&self, record: Record) {
        if let Some(beside) = &*self.beside.borrow() {
            beside.writer.write(record);
        }
    }

    fn light(&self) {
        if let Some(beside) = &*self.beside.borrow() {
            beside.display.light();
        }
    }

    fn wish(&self, wish: impl FnOnce(&SyncHandle)) {
        if let Some(beside) = &*self.beside.borrow() {
            wish(&beside.wishes);
        }
    }

    /// Keeps what the resident chose, beside the window's thread.
    fn keep_choices(&self) {
        if let Some(beside) = &*self.beside.borrow() {
            beside
                .chosen
                .send_replace(self.session.borrow().profile.clone());
        }
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
            let pictures = self.pictures.borrow();
            pictures
                .get(&sha256)
                .cloned()
                .unwrap_or(Some(Image::default()))
        });
        self.fetch_pictures(&session);
    }

    /// What the resident chose.
    pub(super) fn choices(&self) -> Profile {
        self.session.borrow().profile.clone()
    }

    pub(super) fn end_quiet_visit(&self) {
        let now = self.moment();
        let records = self
            .recorder
            .borrow_mut()
            .as_mut()
            .map(|recorder| recorder.quiet_until(now));
        records
            .into_iter()
            .flatten()
            .for_each(|record| self.write(record));
    }

    /// What time it is.
    pub(super) fn now(&self) -> Timestamp {
        self.moment().now
    }

    pub(super) fn moment(&self) -> Moment {
        self.time.moment()
    }

    /// Every touch counts for the visit, those that do nothing too.
    fn note_touch(&self) {
        let now = self.moment();
        self.session.borrow_mut().touched(now.uptime_ms);
        let records = self
            .recorder
            .borrow_mut()
            .as_mut()
            .map(|recorder| recorder.touched(now));
        records
            .into_iter()
            .flatten()
            .for_each(|record| self.write(record));
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
        self.beside.take().map(|beside| {
            beside.outbox.close();
            beside.wishes
        })
    }
}

impl InputHandler for Rc<Tablet> {
    fn put_down(&self) {
        let now = self.moment();
        let asked = self.session.borrow().asks_again();
        self.session.borrow_mut().put_down(now.uptime_ms);
        self.note_touch();
        if let Some(window) = self.window.upgrade()
            && self.session.borrow().asks_again() != asked
        {
            show_whether_asked_again(&window, &self.session.borrow().clone());
        }
        self.wait_for_rest();
    }

    fn accepts_touch(&self) -> bool {
        self.note_touch();
        let now = self.moment();
        if self.session.borrow_mut().only_wakes(now.uptime_ms) {
            self.sound(Tone::Touch);
            return false;
        }
        let accepted = self.session.borrow().accepts_touch(now.uptime_ms);
        match accepted {
            Ok(()) => {
                self.sound(Tone::Touch);
                true
            }
            Err(why) => {
                self.record(None, Event::TouchIgnored { why });
                false
            }
        }
    }

    fn slid(&self) {
        self.note_touch();
        let why = TouchIgnored::Slide;
        self.record(None, Event::TouchIgnored { why });
    }

    fn act(&self, action: Command) {
        let now = self.moment();
        // That the end was seen changes nothing that is seen.
        let shows = action != Command::ArticleEndSeen;
        let consented = self.session.borrow().profile.consent;
        let effects = self
            .session
            .borrow_mut()
            .update(action, now.now, now.uptime_ms);
        self.run_effects(effects);
        if self.session.borrow().profile.consent != consented {
            self.consent_changed();
        }
        self.tick();
        if shows {
            self.show();
        }
        self.wait_for_rest();
        self.wait_for_a_second();
    }
}

impl Tablet {
    /// From now on usage records are written, or none any more.
    fn consent_changed(&self) {
        self.end_visit(self.moment(), EndCause::Stop);
        let identity = self.identity.borrow().clone();
        if let Some(identity) = identity {
            self.begin_records(&identity);
        }
        self.note_touch();
    }
}
