//! The tablet put together: session, recorder, window and link, from start to stop.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use jiff::{Timestamp, civil::Date};
use kairan_contract::{
    BootId, EndCause, EnrolmentCode, Event, LeaveHow, Record, ServiceId, Sha256, StartCause,
    TouchIgnored,
};
use kairan_ui::TabletWindow;
use slint::{ComponentHandle as _, Image, Rgba8Pixel, SharedPixelBuffer, Timer, TimerMode};
use tokio::sync::{Mutex, Notify, mpsc};
use url::Url;
use uuid::Uuid;

use crate::{
    drawing::decode,
    journal::Journal,
    library::Library,
    link::{Client, Conversation, Ear, Told, Wish, Writer, write_down},
    recorder::{Moment, Recorder},
    screens::words::in_japan,
    session::{Action, Answer, Effect, Session},
    settings::{DataFolder, Identity},
    uptime::Uptime,
    window::{Hands, connect, show, show_top},
};

/// Pictures that are held decoded: those of a long article.
const PICTURES: usize = 24;

/// How the tablet is asked to run.
pub struct Start {
    /// Where everything is kept.
    pub data: DataFolder,
    /// The council's backend.
    pub backend: Url,
    /// A code to be let in with at once.
    pub enrol: Option<EnrolmentCode>,
    /// How long to wait between two questions to the backend.
    pub every: Duration,
    /// Hears the number of the last usage record that stands on the disk.
    pub durable: Box<dyn Fn(u64) + Send>,
}

/// Runs the tablet in `window` until it is closed.
pub fn run(start: Start, window: &TabletWindow) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the runtime cannot start")?;
    let identity = start
        .data
        .identity()
        .context("the tablet's identity cannot be kept; is the disk full?")?;
    let library = Library::open(start.data.path())?;
    let client = Client::new(&start.backend)?;
    let crashed = start.data.begin_running();

    // What lies on the disk is on the first picture that is drawn.
    let held = library.held().map(Arc::new);
    let session = Session::new(held, start.data.choices(), identity.loan.is_some());

    let journal = Arc::new(Mutex::new(
        runtime
            .block_on(Journal::open(start.data.path()))
            .context("the journal cannot be opened; is the disk full?")?,
    ));
    let written = Arc::new(Notify::new());
    let (writer, records) = Writer::new();
    let writing = runtime.spawn(write_down(
        records,
        Arc::clone(&journal),
        Arc::clone(&written),
        start.durable,
    ));

    let (tell, mut told) = mpsc::unbounded_channel();
    let (wish, wishes) = mpsc::channel(4);
    let conversation = Conversation {
        client,
        library: library.clone(),
        journal,
        written,
        data: start.data.clone(),
        identity: identity.clone(),
        spare_code: identity.loan.as_ref().and(start.enrol.clone()),
        every: start.every,
        ear: Ear::default(),
        tell,
    };
    let talking = runtime.spawn(conversation.go_on(wishes));

    let tablet = Rc::new(Tablet {
        window: window.as_weak(),
        session: RefCell::new(session),
        recorder: RefCell::new(None),
        beside: RefCell::new(Some(Beside { writer, wish })),
        data: start.data.clone(),
        library,
        pictures: RefCell::default(),
        boot: BootId(Uuid::new_v4()),
        began: Uptime::now(),
        timer: Timer::default(),
        shown_day: Cell::new(None),
        runtime: runtime.handle().clone(),
        keeping: Arc::default(),
    });
    tablet.begin(&identity, crashed, start.enrol);
    connect(window, &Rc::new(Rc::clone(&tablet)));
    tablet.show();
    let hearing = Rc::clone(&tablet);
    slint::spawn_local(async move {
        while let Some(told) = told.recv().await {
            hearing.hear(told);
        }
    })
    .context("the event loop cannot start")?;

    runtime.spawn(stop_on_signal());
    window
        .run()
        .context("no window can be opened; is there a display?")?;

    // Shutdown: what was done is written down, then sent if that goes quickly.
    let wish = tablet.end();
    runtime.block_on(async {
        let _ = tokio::time::timeout(Duration::from_secs(8), writing).await;
        drop(wish);
        let _ = tokio::time::timeout(Duration::from_secs(4), talking).await;
    });
    if let Err(error) = tablet.data.keep_choices(&tablet.session.borrow().choices) {
        tracing::error!(%error, "the resident's choices could not be kept");
    }
    tablet.data.end_running();
    // A name that is still being looked up must not keep the tablet from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(())
}

/// Ctrl-C, and a service manager's wish, end the program as closing the window does.
async fn stop_on_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    if let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if let Err(error) = slint::quit_event_loop() {
            tracing::warn!(%error, "the window was closed already");
        }
    }
}

/// The tablet on the thread of its window.
struct Tablet {
    window: slint::Weak<TabletWindow>,
    session: RefCell<Session>,
    /// There is none before the tablet is let in: then there is no loan to write for.
    recorder: RefCell<Option<Recorder>>,
    /// The way to what runs beside the window; taken away when the program ends, so that it ends too.
    beside: RefCell<Option<Beside>>,
    data: DataFolder,
    library: Library,
    /// Decoded pictures; none where one cannot be decoded.
    pictures: RefCell<HashMap<Sha256, Option<Image>>>,
    boot: BootId,
    began: Uptime,
    timer: Timer,
    /// The day for which everything was last shown.
    shown_day: Cell<Option<Date>>,
    runtime: tokio::runtime::Handle,
    /// Choices are written one after the other, the latest last.
    keeping: Arc<Mutex<()>>,
}

/// What runs beside the window, as the window reaches it.
struct Beside {
    writer: Writer,
    wish: mpsc::Sender<Wish>,
}

impl Tablet {
    fn begin(self: &Rc<Self>, identity: &Identity, crashed: bool, code: Option<EnrolmentCode>) {
        self.begin_records(identity);
        let cause = if crashed {
            StartCause::Crash
        } else {
            StartCause::Power
        };
        self.record(None, Event::Started { cause });
        if identity.loan.is_none()
            && let Some(code) = code
        {
            self.session.borrow_mut().enrolment.busy = true;
            self.ask(Wish::Enrol(code));
        }
        self.watch();
        self.wait_for_the_next_minute();
    }

    /// From now on there is a loan to write for.
    fn begin_records(&self, identity: &Identity) {
        if let Some(loan) = &identity.loan {
            let revision = self.revision();
            let mut recorder = self.recorder.borrow_mut();
            // Visits and the clock go on counting: they belong to this start of the program.
            let recorder = recorder.get_or_insert_with(|| {
                Recorder::new(identity.tablet, loan.participation, self.boot)
            });
            recorder.set_participation(loan.participation);
            recorder.set_catalogue(revision);
        }
    }

    fn revision(&self) -> u64 {
        self.session
            .borrow()
            .held
            .as_ref()
            .map_or(0, |held| held.manifest.catalogue)
    }

    /// What the link tells.
    fn hear(self: &Rc<Self>, told: Told) {
        let now = self.moment();
        // A minute in which nothing changed draws nothing.
        let before = self.session.borrow().connection;
        let is_news = !matches!(
            told,
            Told::Online { .. } | Told::NotKept | Told::NotLetIn | Told::Offline
        );
        let effects = match told {
            Told::Online { clock_offset_ms } => {
                if let (Some(recorder), Some(offset)) =
                    (&mut *self.recorder.borrow_mut(), clock_offset_ms)
                {
                    recorder.set_clock_offset(offset);
                }
                let mut session = self.session.borrow_mut();
                session.set_last_contact(Timestamp::now());
                session.answered(Answer::Kept, now.uptime_ms)
            }
            Told::Offline => {
                let effects = self.session.borrow_mut().not_answered(now.uptime_ms);
                // When it was last true must be known after a restart, too.
                if !effects.is_empty() {
                    self.keep_choices();
                }
                effects
            }
            Told::NotKept => self.answered(Answer::NotKept, now),
            Told::NotLetIn => self.answered(Answer::NotLetIn, now),
            Told::Held(held) => {
                // What could not be decoded may have come anew.
                self.pictures
                    .borrow_mut()
                    .retain(|_, picture| picture.is_some());
                let catalogue = held.manifest.catalogue;
                let effects = self.session.borrow_mut().put_held(held, now.uptime_ms);
                self.carry_out(effects);
                if let Some(recorder) = &mut *self.recorder.borrow_mut() {
                    recorder.set_catalogue(catalogue);
                }
                Vec::new()
            }
            Told::LetIn(identity) => self.let_in(&identity, now),
            Told::Refused(why) => {
                self.session.borrow_mut().enrolment_refused(why);
                Vec::new()
            }
        };
        self.carry_out(effects);
        let is_alarmed = self.watch();
        if is_news || is_alarmed || self.session.borrow().connection != before {
            self.show();
        }
    }

    /// Looks whether a warning must take over; says whether the screen is another now.
    fn watch(&self) -> bool {
        let now = self.moment();
        let state = |session: &Session| (session.alert().cloned(), session.heard_lately());
        let before = state(&self.session.borrow());
        let effects = self
            .session
            .borrow_mut()
            .watch(Timestamp::now(), now.uptime_ms);
        self.carry_out(effects);
        before != state(&self.session.borrow())
    }

    fn answered(&self, how: Answer, now: Moment) -> Vec<Effect> {
        self.session.borrow_mut().answered(how, now.uptime_ms)
    }

    /// What was open is left in the name of the loan before; then the new one begins.
    fn let_in(&self, identity: &Identity, now: Moment) -> Vec<Effect> {
        let left = self.session.borrow_mut().let_in(now.uptime_ms);
        self.carry_out(left);
        self.end_visit(now);
        self.begin_records(identity);
        vec![Effect::Record(
            None,
            Event::Started {
                cause: StartCause::Power,
            },
        )]
    }

    fn end_visit(&self, now: Moment) {
        let ended = self
            .recorder
            .borrow_mut()
            .as_mut()
            .and_then(|recorder| recorder.end_visit(now, EndCause::Stop));
        if let Some(record) = ended {
            self.write(record);
        }
    }

    fn carry_out(&self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Record(service, event) => self.record(service, event),
                Effect::KeepChoices => self.keep_choices(),
                Effect::Enrol(code) => self.ask(Wish::Enrol(code)),
            }
        }
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

    fn ask(&self, wish: Wish) {
        if let Some(beside) = &*self.beside.borrow()
            && beside.wish.try_send(wish).is_err()
        {
            tracing::warn!("the link is busy and did not hear a wish");
        }
    }

    /// Keeps what the resident chose, beside the window's thread.
    fn keep_choices(&self) {
        let (data, choices) = (self.data.clone(), self.session.borrow().choices.clone());
        let turn = Arc::clone(&self.keeping);
        self.runtime.spawn(async move {
            let _turn = turn.lock().await;
            if let Ok(Err(error)) =
                tokio::task::spawn_blocking(move || data.keep_choices(&choices)).await
            {
                tracing::error!(%error, "the resident's choices could not be kept");
            }
        });
    }

    fn show(self: &Rc<Self>) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        // A copy, because the face may call back while it is filled.
        let session = self.session.borrow().clone();
        show(&window, &session, Timestamp::now(), |sha256| {
            let pictures = self.pictures.borrow();
            pictures
                .get(&sha256)
                .cloned()
                .unwrap_or(Some(Image::default()))
        });
        if let Some((_, article)) = session.article() {
            for block in &article.body {
                if let kairan_contract::Block::Picture { picture } = block {
                    self.fetch_picture(picture.sha256);
                }
            }
        }
    }

    /// Decodes a picture beside the window's thread and shows the article again.
    fn fetch_picture(self: &Rc<Self>, sha256: Sha256) {
        if self.pictures.borrow().contains_key(&sha256) {
            return;
        }
        self.pictures
            .borrow_mut()
            .insert(sha256, Some(Image::default()));
        let library = self.library.clone();
        let decoding = self
            .runtime
            .spawn_blocking(move || decode(&library.blob(sha256)?));
        let tablet = Rc::clone(self);
        let placed = slint::spawn_local(async move {
            tablet.place_picture(sha256, decoding.await.ok().flatten());
        });
        if let Err(error) = placed {
            tracing::warn!(%error, "a picture cannot be shown");
        }
    }

    fn place_picture(
        self: &Rc<Self>,
        sha256: Sha256,
        pixels: Option<SharedPixelBuffer<Rgba8Pixel>>,
    ) {
        {
            let mut pictures = self.pictures.borrow_mut();
            if pictures.len() > PICTURES {
                pictures.retain(|known, _| *known == sha256);
            }
            pictures.insert(sha256, pixels.map(Image::from_rgba8));
        }
        self.show();
    }

    /// Wakes once a minute for the clock on the screen, and for the end of a visit.
    fn wait_for_the_next_minute(self: &Rc<Self>) {
        let into_the_minute = Timestamp::now()
            .as_millisecond()
            .rem_euclid(60_000)
            .unsigned_abs();
        let pause = Duration::from_millis(60_050 - into_the_minute);
        let tablet = Rc::clone(self);
        self.timer.start(TimerMode::SingleShot, pause, move || {
            tablet.end_quiet_visit();
            tablet.show_the_minute();
            tablet.wait_for_the_next_minute();
        });
    }

    /// Draws the clock alone, or everything when a new day has begun or minutes are told.
    fn show_the_minute(self: &Rc<Self>) {
        let now = Timestamp::now();
        let today = in_japan(now).date();
        let is_new_day = self.shown_day.replace(Some(today)) != Some(today);
        if self.watch() || is_new_day || self.session.borrow().tells_the_minute() {
            self.show();
        } else if let Some(window) = self.window.upgrade() {
            show_top(&window, &self.session.borrow().clone(), now);
        }
    }

    fn end_quiet_visit(&self) {
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

    fn moment(&self) -> Moment {
        Moment {
            uptime_ms: Uptime::now().since(self.began),
            happened_at: Timestamp::now().as_millisecond(),
        }
    }

    /// Every touch counts for the visit, those that do nothing too.
    fn note_touch(&self) {
        let now = self.moment();
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
    fn end(&self) -> Option<mpsc::Sender<Wish>> {
        self.timer.stop();
        let now = self.moment();
        let effects = self
            .session
            .borrow_mut()
            .leave(LeaveHow::Home, now.uptime_ms);
        self.carry_out(effects);
        self.end_visit(now);
        self.beside.take().map(|beside| beside.wish)
    }
}

impl Hands for Rc<Tablet> {
    fn accepts_touch(&self) -> bool {
        self.note_touch();
        let now = self.moment();
        let accepted = self.session.borrow().accepts_touch(now.uptime_ms);
        match accepted {
            Ok(()) => true,
            Err(why) => {
                self.record(None, Event::TouchIgnored { why });
                false
            }
        }
    }

    fn slid(&self) {
        self.note_touch();
        self.record(
            None,
            Event::TouchIgnored {
                why: TouchIgnored::Slide,
            },
        );
    }

    fn turned(&self) {
        self.session.borrow_mut().turned(self.moment().uptime_ms);
    }

    fn act(&self, action: Action) {
        let now = self.moment();
        // That the end was seen changes nothing that is seen.
        let shows = action != Action::ArticleEndSeen;
        let is_answer = action == Action::AlertUnderstood;
        let effects = self.session.borrow_mut().act(action, now.uptime_ms);
        self.carry_out(effects);
        if is_answer {
            self.watch();
        }
        if shows {
            self.show();
        }
    }
}
