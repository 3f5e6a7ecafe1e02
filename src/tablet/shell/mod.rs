//! The tablet put together: session, recorder, window, speaker and link, from start to stop.

mod clock;
mod input;
mod link;
mod link_update;
mod picture_cache;
mod pictures;
mod profile_saver;
mod sound;
mod tablet;
mod timers;
mod touch;

use std::{rc::Rc, sync::Arc, time::Duration};

use anyhow::Context as _;
use kairan_contract::EnrolmentCode;
use kairan_ui::TabletWindow;
use slint::ComponentHandle as _;
use tokio::{
    runtime::Runtime,
    sync::{Mutex, Notify, mpsc, watch},
    task::{JoinHandle, JoinSet},
};
use url::Url;

use crate::{
    data_folder::DataFolder,
    display::Display,
    identity::Identity,
    journal::Journal,
    kept_answers::KeptAnswers,
    library::Library,
    machine::Machine,
    personal::Personal,
    profile::Profile,
    session::Session,
    speech::{self, Speaker, SpeechEvent, Synthesis},
    sync::{
        Client, Link, LinkEvent, Outbox, RequestWritten, SyncHandle, SyncLoop, Writer,
        write_records, write_requests,
    },
    uptime::Clocks,
    window::connect,
};
use clock::Timekeeper;
use tablet::{Background, Tablet};

/// How the tablet is asked to run.
pub struct Start<S> {
    /// Where everything is kept.
    pub data: DataFolder,
    /// The council's backend.
    pub backend: Url,
    /// A code to be let in with at once.
    pub enrol: Option<EnrolmentCode>,
    /// First use is gone through already, as in a demonstration.
    pub is_practised: bool,
    /// Tenths of inches from corner to corner of the screen.
    pub tenths_of_inches: u16,
    /// How long to wait between two questions to the backend.
    pub every: Duration,
    /// The machine's clocks.
    pub clocks: Arc<dyn Clocks>,
    /// Hears the number of the last usage record that stands on the disk.
    pub durable: Box<dyn Fn(u64) + Send>,
    /// Makes the speaker, on the thread that owns it.
    pub speaker: Box<dyn FnOnce() -> S + Send>,
}

impl<S> Start<S> {
    /// What the resident chose, as if they had gone through first use where that is wanted.
    fn profile(&self, identity: &Identity) -> Profile {
        let mut profile = self.data.profile();
        if let Some(loan) = &identity.loan {
            profile.begin_loan(loan.participation);
        }
        if self.is_practised && !profile.first_use_done {
            profile.first_use_done = true;
            profile.consent = Some(true);
        }
        profile
    }

    /// What is told of the resident of this loan.
    fn personal(&self, identity: &Identity) -> Personal {
        let mut personal = self.data.personal();
        if let Some(loan) = &identity.loan {
            personal.begin_loan(loan.participation);
        }
        personal
    }

    /// What became of what was asked for in this loan.
    fn answers(&self, identity: &Identity) -> KeptAnswers {
        let kept = self.data.answers();
        match &identity.loan {
            Some(loan) => kept.of_loan(loan.participation),
            None => KeptAnswers::default(),
        }
    }
}

/// Runs the tablet in `window` until it is closed.
pub fn run<S: Speaker + 'static>(start: Start<S>, window: &TabletWindow) -> anyhow::Result<()> {
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
    let client = Client::new(&start.backend, Arc::clone(&start.clocks))?;
    let crashed = start.data.mark_running();

    // What lies on the disk is on the first picture that is drawn.
    let content = library.snapshot().map(Arc::new);
    let profile = start.profile(&identity);
    let seen = profile.emergencies.clone();
    let personal = Arc::new(start.personal(&identity));
    let answers = start.answers(&identity).answers;
    let time = Timekeeper::start(start.clocks, profile.last_known_time().as_ref());
    // A minute that nobody hears is as good as the next one.
    let (tick, ticks) = mpsc::channel(1);
    runtime.spawn(time.minute_ticks(tick));
    let mut session = Session::new(content.clone(), profile.clone(), identity.loan.is_some());
    session.personal = Arc::clone(&personal);
    session.answers = answers;

    let journal = runtime
        .block_on(Journal::open(start.data.path()))
        .context("the journal cannot be opened; is the disk full?")?;
    session.requests = runtime.block_on(journal.requests()).unwrap_or_default();
    let journal = Arc::new(Mutex::new(journal));
    let written = Arc::new(Notify::new());
    let (tell, link_events) = mpsc::unbounded_channel();
    let (mut writing, writer, outbox) =
        spawn_writers(&runtime, &journal, &written, start.durable, &tell);
    let (saved_profile, latest) = watch::channel(profile);
    let keep = DataFolder::save_profile;
    let saving = profile_saver::save_latest(latest, start.data.clone(), keep, tell.clone());
    writing.spawn_on(saving, runtime.handle());
    let (saved_personal, latest) = watch::channel(personal);
    let keep = |data: &DataFolder, personal: &Arc<Personal>| data.save_personal(personal);
    let saving = profile_saver::save_latest(latest, start.data.clone(), keep, tell.clone());
    writing.spawn_on(saving, runtime.handle());

    let sync = SyncHandle::default();
    let sync_loop = SyncLoop::new(Link {
        client,
        library: library.clone(),
        journal,
        written,
        outbox: outbox.clone(),
        data: start.data.clone(),
        identity: identity.clone(),
        spare_code: identity.loan.as_ref().and(start.enrol.clone()),
        every: start.every,
        content,
        seen,
        tell,
    });
    let syncing = runtime.spawn(sync_loop.run(sync.clone()));

    let synthesis = Synthesis::prepare(start.data.path());
    let machine = Machine {
        silence: synthesis.as_ref().err().copied(),
        tenths_of_inches: start.tenths_of_inches,
        ..Machine::default()
    };
    let (say, speech_events) = mpsc::unbounded_channel::<SpeechEvent>();
    let voice = speech::start(start.speaker, synthesis, move |heard| {
        // The window may be gone already; then nobody needs to be told.
        let _ = say.send(heard);
    });

    let background = Background {
        writer,
        outbox,
        profile: saved_profile,
        personal: saved_personal,
        sync,
        voice,
        display: Display::keep_on(),
    };
    let tablet = Tablet::new(
        window, session, background, library, machine, time, &runtime,
    );
    tablet.begin(&identity, crashed, start.enrol);
    connect(window, &Rc::new(Rc::clone(&tablet)));
    touch::install_touch_filter(window);
    tablet.show();
    listen(&tablet, link_events, speech_events, ticks)?;

    runtime.spawn(stop_on_signal());
    window
        .run()
        .context("no window can be opened; is there a display?")?;

    finish(runtime, &tablet, &start.data, writing, syncing);
    Ok(())
}

/// Has the window's thread hear whatever runs beside it: the link, the speaker, and each minute as it is struck.
fn listen(
    tablet: &Rc<Tablet>,
    mut link_events: mpsc::UnboundedReceiver<LinkEvent>,
    mut speech_events: mpsc::UnboundedReceiver<SpeechEvent>,
    mut ticks: mpsc::Receiver<()>,
) -> anyhow::Result<()> {
    let listener = Rc::clone(tablet);
    slint::spawn_local(async move {
        loop {
            tokio::select! {
                event = link_events.recv() => match event {
                    Some(event) => listener.on_link_event(event),
                    None => break,
                },
                Some(event) = speech_events.recv() => listener.on_speech_event(event),
                Some(()) = ticks.recv() => listener.on_minute(),
            }
        }
    })
    .context("the event loop cannot start")?;
    Ok(())
}

/// Shutdown: what was done is written down, then sent if that goes quickly.
fn finish(
    runtime: Runtime,
    tablet: &Rc<Tablet>,
    data: &DataFolder,
    writing: JoinSet<()>,
    syncing: JoinHandle<()>,
) {
    let sync = tablet.end();
    runtime.block_on(async {
        let _ = tokio::time::timeout(Duration::from_secs(8), writing.join_all()).await;
        if let Some(sync) = sync {
            sync.close();
        }
        let _ = tokio::time::timeout(Duration::from_secs(4), syncing).await;
    });
    if let Err(error) = data.save_profile(&tablet.profile()) {
        tracing::error!(%error, "the resident's choices could not be kept");
    }
    if let Err(error) = data.save_personal(&tablet.personal()) {
        tracing::error!(%error, "what is told of the resident could not be kept");
    }
    data.mark_stopped();
    // A name that is still being looked up must not keep the tablet from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
}

/// Begins to write down what the screens hand over: records and requests, each by themselves.
fn spawn_writers(
    runtime: &Runtime,
    journal: &Arc<Mutex<Journal>>,
    written: &Arc<Notify>,
    durable: Box<dyn Fn(u64) + Send>,
    tell: &mpsc::UnboundedSender<LinkEvent>,
) -> (JoinSet<()>, Writer, Outbox) {
    let (writer, records) = Writer::new();
    let outbox = Outbox::default();
    let mut writing = JoinSet::new();
    let (to, written) = (Arc::clone(journal), Arc::clone(written));
    writing.spawn_on(
        write_records(records, to, written, durable),
        runtime.handle(),
    );
    let (to, tell) = (Arc::clone(journal), report_requests(tell.clone()));
    writing.spawn_on(write_requests(outbox.clone(), to, tell), runtime.handle());
    (writing, writer, outbox)
}

/// Tells who waits for help whether it is written down.
fn report_requests(tell: mpsc::UnboundedSender<LinkEvent>) -> impl Fn(RequestWritten) + Send {
    move |written| {
        let told = match written {
            RequestWritten::Kept(id) => LinkEvent::Written(id),
            RequestWritten::Failed(id) => LinkEvent::NotWritten(id),
        };
        // The window may be gone already; then nobody needs to be told.
        let _ = tell.send(told);
    }
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
