//! One round of the conversation after another: sync, upload, wait; sooner when asked.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use kairan_contract::{
    EmergencySeen, EnrolmentCode, RecordBatch, RequestId, TabletStatus, WipeState,
};
use tokio::sync::{Mutex, Notify, mpsc};

use super::{
    Client, LinkError,
    client::{Answered, ManifestAnswer},
    ear::Ear,
    status::Status,
};
use crate::{
    clock::CouncilTime,
    journal::Journal,
    library::{Held, Library, LibraryError},
    machine::{battery_percent, free_megabytes},
    session::{EnrolmentRefused, KeptRequest},
    settings::{DataFolder, Identity, Loan},
    wiping,
};

/// Records are sent so long after they were written, together with what comes meanwhile.
const GATHERING: Duration = Duration::from_secs(2);
/// How many rounds an order to forget waits for what is still to be sent.
const PUT_OFF: u32 = 5;
/// The batches of one round; the rest goes with the next.
const BATCHES: usize = 40;

/// What the screens wish of the conversation.
#[derive(Debug)]
pub enum Wish {
    /// Let this tablet in with this code.
    Enrol(EnrolmentCode),
    /// Tell the backend that an emergency was shown here, or answered.
    Seen(EmergencySeen),
}

/// What the conversation tells the screens.
#[derive(Debug)]
pub enum Told {
    /// The backend answered.
    Online {
        /// The backend's time, where it says so.
        time: Option<CouncilTime>,
    },
    /// The backend answered, and what came cannot be kept here.
    NotKept,
    /// The backend did not answer.
    Offline,
    /// The backend does not know this tablet.
    NotLetIn,
    /// New content is in force.
    Held(Arc<Held>),
    /// The tablet is let in.
    LetIn(Identity),
    /// The code did not open.
    Refused(EnrolmentRefused),
    /// A request stands on this tablet's disk.
    Written(RequestId),
    /// The disk did not take it.
    NotWritten(RequestId),
    /// What was asked of the council, and how far it has come.
    Requests(Vec<KeptRequest>),
    /// The tablet is to forget its loan: the order stands on the disk, and is carried out at the next start.
    ToBeWiped,
}

/// Everything that the conversation needs.
pub struct Conversation {
    /// Talks to the backend.
    pub client: Client,
    /// Where content is kept.
    pub library: Library,
    /// What is to be sent.
    pub journal: Arc<Mutex<Journal>>,
    /// Told when something was written to the journal.
    pub written: Arc<Notify>,
    /// Where the tablet's identity is kept.
    pub data: DataFolder,
    /// Who this tablet is.
    pub identity: Identity,
    /// A code from the command line, for a tablet that its backend does not know any more.
    pub spare_code: Option<EnrolmentCode>,
    /// How long to wait between two rounds.
    pub every: Duration,
    /// Hears of changes between the rounds.
    pub ear: Ear,
    /// The revision that is on screen, and whether the tablet shows that it is locked.
    pub shows: Option<(u64, bool)>,
    /// The emergency that was shown here last.
    pub seen: Option<EmergencySeen>,
    /// What the backend knows of this tablet.
    pub status: Status,
    /// How often an order to forget was put off for what was still to be sent.
    pub put_off: u32,
    /// To the screens.
    pub tell: mpsc::UnboundedSender<Told>,
}

impl Conversation {
    /// Talks until the wishes end.
    pub async fn go_on(mut self, mut wishes: mpsc::Receiver<Wish>) {
        let mut is_told = false;
        loop {
            is_told = is_told || self.tell_of_a_wipe().await;
            let pause = match self.identity.loan.clone() {
                Some(loan) => {
                    self.round(&loan.token).await;
                    // Thousands of tablets must not ask in the same second.
                    self.every.mul_f64(0.85 + 0.3 * rand::random::<f64>())
                }
                None if is_told => Duration::from_hours(24),
                None => self.every,
            };
            match self.wait(pause, &mut wishes).await {
                Woken::ByTime => {}
                Woken::ByWish(Some(Wish::Enrol(code))) => self.enrol(&code).await,
                // The next round tells it, and comes at once.
                Woken::ByWish(Some(Wish::Seen(seen))) => self.seen = Some(seen),
                Woken::ByWish(None) => break,
            }
        }
        self.say_good_bye().await;
    }

    /// Tells the backend how this tablet is, if that is news. If it does not hear, it does the next time.
    async fn tell_how_it_is(&mut self, token: &str) {
        let Some((catalogue, locked)) = self.shows else {
            return;
        };
        let status = TabletStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            catalogue,
            locked,
            battery_percent: battery_percent(),
            free_megabytes: free_megabytes(self.data.path()),
            unsent: self.journal.lock().await.unsent().await.unwrap_or(0),
            emergency: self.seen,
        };
        let now = Instant::now();
        if !self.status.is_news(&status, now) {
            return;
        }
        match self.client.report_status(token, &status).await {
            Ok(()) => self.status.told(status, now),
            Err(error) => tracing::info!(%error, "the backend does not know how this tablet is"),
        }
    }

    /// Tells the backend that an order to forget was carried out, if there was one; `false` if it has to be told
    /// again.
    async fn tell_of_a_wipe(&self) -> bool {
        let Some(token) = wiping::to_be_told(self.data.path()) else {
            return true;
        };
        match self.client.report_wipe(&token, WipeState::Done).await {
            // It knows the token no more: it has heard, and its answer was lost.
            Ok(()) | Err(LinkError::NotLetIn) => wiping::told(self.data.path()).is_ok(),
            Err(error) => {
                tracing::info!(%error, "the backend does not know yet that everything is forgotten");
                false
            }
        }
    }

    /// The council has this tablet forget its loan. What was asked and noted has been sent, if that went.
    async fn obey_to_forget(&mut self, token: &str) {
        let waiting = {
            let journal = self.journal.lock().await;
            let requests = journal.requests_to_send().await.unwrap_or_default();
            journal.unsent().await.unwrap_or(0) > 0 || !requests.is_empty()
        };
        // Somebody may have asked for help: what did not go is tried a few times more.
        if waiting && self.put_off < PUT_OFF {
            self.put_off += 1;
            return;
        }
        if let Err(error) = wiping::order(self.data.path(), token) {
            tracing::error!(%error, "the order to forget could not be written down; it comes again");
            return;
        }
        if let Err(error) = self.client.report_wipe(token, WipeState::Received).await {
            tracing::info!(%error, "the backend does not know yet that its order has come");
        }
        self.say(Told::ToBeWiped);
    }

    /// Waits for whatever comes first: the next round, something written down, something new at the
    /// backend, or a wish.
    async fn wait(&mut self, pause: Duration, wishes: &mut mpsc::Receiver<Wish>) -> Woken {
        let Self {
            client,
            written,
            identity,
            ear,
            ..
        } = self;
        let written_and_gathered = async {
            written.notified().await;
            tokio::time::sleep(GATHERING).await;
        };
        let something_new = async {
            match &identity.loan {
                Some(loan) => ear.hears_something_new(client, &loan.token).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => Woken::ByTime,
            () = written_and_gathered, if identity.loan.is_some() => Woken::ByTime,
            () = something_new => Woken::ByTime,
            wish = wishes.recv() => Woken::ByWish(wish),
        }
    }

    /// Sends what residents ask for, and tells how far it has come.
    async fn send_requests(&self, token: &str) -> Result<(), RoundError> {
        loop {
            let requests = self.journal.lock().await.requests_to_send().await?;
            let sent: Vec<_> = requests.iter().map(|request| request.id).collect();
            if sent.is_empty() {
                return Ok(());
            }
            let mut received = self.client.send_requests(token, requests).await?.received;
            received.retain(|id| sent.contains(id));
            if received.is_empty() {
                return Err(LinkError::Nonsense("it took no request".to_owned()).into());
            }
            let journal = self.journal.lock().await;
            journal.requests_received(&received).await?;
            self.say(Told::Requests(journal.requests().await?));
        }
    }

    /// Sends what is left, if that goes quickly; else it goes the next time.
    async fn say_good_bye(&self) {
        if let Some(loan) = &self.identity.loan {
            let _ = tokio::time::timeout(Duration::from_secs(2), self.upload(&loan.token)).await;
        }
    }

    async fn round(&mut self, token: &str) {
        let outcome = async {
            // Somebody may wait for help: that goes before everything else.
            if let Err(error) = self.send_requests(token).await {
                tracing::warn!(%error, "requests could not be sent");
            }
            // What was written is sent even where what came cannot be kept.
            let synced = self.sync(token).await;
            let uploaded = self.upload(token).await;
            let time = synced?;
            match uploaded {
                Err(RoundError::Link(LinkError::NotLetIn)) => {
                    return Err(LinkError::NotLetIn.into());
                }
                // What came is in force; what goes waits on the disk for the next round.
                Err(error) => tracing::warn!(%error, "records could not be sent"),
                Ok(()) => {}
            }
            Ok(time)
        };
        match outcome.await {
            Ok(time) => {
                self.say(Told::Online { time });
                self.tell_how_it_is(token).await;
            }
            Err(RoundError::Link(LinkError::NotLetIn)) => match self.spare_code.take() {
                Some(code) => self.enrol(&code).await,
                None => self.say(Told::NotLetIn),
            },
            Err(RoundError::Link(error)) => {
                tracing::info!(%error, "this round came to nothing");
                self.say(Told::Offline);
            }
            Err(RoundError::ToBeWiped) => self.obey_to_forget(token).await,
            Err(RoundError::Here(error)) => {
                // The backend answered; the trouble is on this side, and the next round tries again.
                tracing::error!(%error, "what came could not be kept");
                self.say(Told::NotKept);
            }
        }
    }

    /// Brings the library up to date, in one step.
    async fn sync(&mut self, token: &str) -> Result<Option<CouncilTime>, RoundError> {
        let library = self.library.clone();
        let (etag, damaged) = in_background(move || library.in_force()).await?;
        let Answered { answer, time } = self.client.manifest(token, etag.as_deref()).await?;
        match answer {
            ManifestAnswer::NotModified if damaged.is_empty() => return Ok(time),
            ManifestAnswer::NotModified => {
                for blob in damaged {
                    self.fetch_blob(token, blob.sha256).await?;
                }
            }
            ManifestAnswer::Manifest { manifest, .. } if manifest.wipe => {
                return Err(RoundError::ToBeWiped);
            }
            ManifestAnswer::Manifest { manifest, etag } => {
                let (library, wanted) = (self.library.clone(), manifest.clone());
                for blob in in_background(move || library.missing(&wanted)).await? {
                    self.fetch_blob(token, blob.sha256).await?;
                }
                let library = self.library.clone();
                in_background(move || library.switch(*manifest, etag)).await??;
            }
        }
        let library = self.library.clone();
        if let Some(held) = in_background(move || library.held()).await? {
            self.shows = Some((held.manifest.catalogue, held.manifest.locked));
            self.say(Told::Held(Arc::new(held)));
        }
        Ok(time)
    }

    async fn fetch_blob(
        &self,
        token: &str,
        sha256: kairan_contract::Sha256,
    ) -> Result<(), RoundError> {
        let fetching = self.client.blob(token, sha256);
        tokio::pin!(fetching);
        let bytes = loop {
            tokio::select! {
                bytes = &mut fetching => break bytes?,
                // Who asks for help does not wait until a long download is over.
                () = self.written.notified() => {
                    if let Err(error) = self.send_requests(token).await {
                        tracing::warn!(%error, "requests could not be sent");
                    }
                }
            }
        };
        let library = self.library.clone();
        in_background(move || library.lay(sha256, &bytes)).await??;
        Ok(())
    }

    /// Sends the journal, batch by batch, and deletes what the backend has.
    async fn upload(&self, token: &str) -> Result<(), RoundError> {
        for _ in 0..BATCHES {
            let outgoing = self
                .journal
                .lock()
                .await
                .outgoing(RecordBatch::LIMIT)
                .await?;
            let (held_from, sent) = (outgoing.held_from, outgoing.records.len());
            if sent == 0 {
                return Ok(());
            }
            let answer = self.client.upload(token, outgoing).await?;
            for refused in &answer.refused {
                tracing::error!(sequence = refused.sequence, why = %refused.why, "the backend refused a record");
            }
            if answer.acknowledged > i64::MAX as u64 {
                return Err(
                    LinkError::Nonsense("it acknowledged the impossible".to_owned()).into(),
                );
            }
            if answer.acknowledged < held_from {
                return Err(LinkError::Nonsense("it acknowledged nothing".to_owned()).into());
            }
            self.journal
                .lock()
                .await
                .settle(answer.acknowledged)
                .await?;
            if sent < RecordBatch::LIMIT {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn enrol(&mut self, code: &EnrolmentCode) {
        let told = match self.client.enrol(code, self.identity.tablet).await {
            Ok(enrolled) => {
                let loan = Loan {
                    token: enrolled.token,
                    participation: enrolled.participation,
                };
                let identity = Identity {
                    loan: Some(loan),
                    ..self.identity.clone()
                };
                let (data, kept) = (self.data.clone(), identity.clone());
                match in_background(move || data.keep_identity(&kept)).await {
                    Ok(Ok(())) => {
                        self.identity = identity.clone();
                        self.ear.begin_anew();
                        Told::LetIn(identity)
                    }
                    _ => Told::Refused(EnrolmentRefused::NotKept),
                }
            }
            Err(LinkError::CodeNotValid) => Told::Refused(EnrolmentRefused::NotValid),
            Err(LinkError::TooMany) => Told::Refused(EnrolmentRefused::TooMany),
            Err(error) => {
                tracing::info!(%error, "the code could not be tried");
                Told::Refused(EnrolmentRefused::Unreachable)
            }
        };
        self.say(told);
    }

    /// The screens may be gone already; then nobody needs to be told.
    fn say(&self, told: Told) {
        let _ = self.tell.send(told);
    }
}

/// What ended a wait.
enum Woken {
    /// It is time for a round.
    ByTime,
    /// The screens wish for something, or are gone.
    ByWish(Option<Wish>),
}

/// Why a round came to nothing.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    Here(#[from] HereError),
    #[error("the council has this tablet forget its loan")]
    ToBeWiped,
}

#[derive(Debug, thiserror::Error)]
enum HereError {
    #[error(transparent)]
    Library(LibraryError),
    #[error(transparent)]
    Journal(crate::journal::JournalError),
    #[error("a task stopped: {0}")]
    Task(tokio::task::JoinError),
}

impl From<LibraryError> for RoundError {
    fn from(error: LibraryError) -> Self {
        match error {
            // Bytes that changed on the way are the link's fault: the next round asks again.
            LibraryError::Damaged(_) => Self::Link(LinkError::Nonsense(error.to_string())),
            other => Self::Here(HereError::Library(other)),
        }
    }
}

impl From<crate::journal::JournalError> for RoundError {
    fn from(error: crate::journal::JournalError) -> Self {
        Self::Here(HereError::Journal(error))
    }
}

impl From<tokio::task::JoinError> for RoundError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Here(HereError::Task(error))
    }
}

/// Work on the disk, beside the network.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, tokio::task::JoinError> {
    tokio::task::spawn_blocking(work).await
}
