//! Takes connections and answers them: no more at once than there are places, none for ever, and none shut out by
//! those that dawdle. Ends in order: whoever is being answered is answered.

use std::{
    convert::Infallible,
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request},
    http::{HeaderValue, header},
    response::Response,
};
use futures_util::{
    StreamExt as _,
    future::{AbortHandle, Abortable},
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use rustix::net::sockopt::{set_socket_send_buffer_size, set_tcp_user_timeout};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, oneshot},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use super::{
    files::Places,
    seats::{Doing, Seat, Seats},
};

/// The other end has vanished if it takes nothing in for so long, in milliseconds.
const VANISHED_MS: u32 = 60_000;
/// Whoever listens takes a word in within so long, or is gone.
const TAKEN_WITHIN: Duration = Duration::from_mins(1);
/// Bytes of a question's head, and of an answer that wait to be sent.
const BUFFER: usize = 64 * 1024;
/// Bytes of an answer that the kernel holds for one connection. What has gone is seen by what it takes: were this as
/// large as it may grow, a thin line would stand still for minutes at a time.
const IN_THE_KERNEL: usize = 128 * 1024;
/// Connections that the kernel holds until there is a place.
const BACKLOG: u32 = 4_096;
/// How often it is looked who has taken too long, and how often where others wait.
const PACE: Duration = Duration::from_secs(1);
const PACE_UNDER_PRESSURE: Duration = Duration::from_millis(100);
/// How long answers that are under way may take when the backend stops.
const LAST_ANSWERS: Duration = Duration::from_secs(10);
/// How often it is told that there is no place.
const TELLING_PACE: Duration = Duration::from_mins(1);

/// An answer that goes on and on: its connection has a place among those that listen, and needs none of the others.
#[derive(Debug, Clone, Copy)]
pub struct Listens;

/// Listens where tablets reach it.
pub fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    listener_at(address).with_context(|| {
        format!(
            "cannot listen on {address} — another program may be there; choose another port with --listen"
        )
    })
}

fn listener_at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // As after a restart: what is left of connections before does not keep the address.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Answers until `stop` is cancelled, which `stopping` hears of first, and then whoever is being answered. A tablet that
/// vanished in the middle of an answer does not keep it from ending.
pub async fn answer(
    listener: TcpListener,
    app: Router,
    places: Places,
    stop: &CancellationToken,
    stopping: impl FnOnce(),
) {
    let stopped = async {
        stop.cancelled().await;
        stopping();
    };
    let long_ago = async {
        stop.cancelled().await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    tokio::select! {
        () = answer_until(stopped, listener, app, places) => {}
        () = long_ago => {}
    }
}

async fn answer_until(
    stop: impl Future<Output = ()>,
    listener: TcpListener,
    app: Router,
    places: Places,
) {
    let seats = Arc::new(Seats::new(places.asking));
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    let mut trouble = Trouble::default();
    let mut pace = tokio::time::interval(PACE);
    tokio::pin!(stop);
    for number in 0.. {
        let next = {
            let next = async {
                let free = a_seat(&seats, &mut trouble).await;
                (free, a_stream(&listener, &seats, &mut trouble).await)
            };
            tokio::pin!(next);
            loop {
                tokio::select! {
                    () = &mut stop => break None,
                    _ = pace.tick() => { seats.clear(false, Instant::now()); }
                    next = &mut next => break Some(next),
                }
            }
        };
        let Some((free, (stream, peer))) = next else {
            break;
        };
        let (end, ended) = AbortHandle::new_pair();
        let seat = seats.sit_down(number, free, end, Instant::now());
        let conversation = Conversation {
            peer,
            app: app.clone(),
            seat,
            tasks: tasks.clone(),
            stopping: stopping.clone(),
        };
        tasks.spawn(Abortable::new(conversation.go_on(stream), ended));
    }
    // Nobody new comes in; whoever is here is answered.
    drop(listener);
    stopping.cancel();
    tasks.close();
    tasks.wait().await;
}

/// A place for whoever comes next. Where there is none, those that dawdle go.
async fn a_seat(seats: &Seats, trouble: &mut Trouble) -> OwnedSemaphorePermit {
    loop {
        if let Some(free) = seats.free() {
            return free;
        }
        if seats.clear(true, Instant::now()) > 0 {
            trouble.tell(|| {
                tracing::warn!(
                    "every connection that may be open is; those that dawdle are closed"
                );
            });
        }
        let waited = tokio::time::timeout(PACE_UNDER_PRESSURE, seats.next_free()).await;
        if let Ok(Some(free)) = waited {
            return free;
        }
    }
}

/// Whoever comes next. That files have run out, or that somebody left before they were heard, ends nothing.
async fn a_stream(
    listener: &TcpListener,
    seats: &Seats,
    trouble: &mut Trouble,
) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(found) => return found,
            Err(error) => {
                trouble.tell(|| {
                    tracing::warn!(
                        %error,
                        "a connection could not be taken; it is tried again, and those that dawdle are closed"
                    );
                });
                seats.clear(true, Instant::now());
                tokio::time::sleep(PACE_UNDER_PRESSURE).await;
            }
        }
    }
}

/// One connection from its first question to its last answer.
struct Conversation {
    peer: SocketAddr,
    app: Router,
    seat: Arc<Seat>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

/// What becomes of a question.
enum Answer {
    /// It is answered, and another may come.
    Now(Response<Passing<Body>>),
    /// The connection listens from now on.
    Listens(Response),
}

impl Conversation {
    async fn go_on(self, stream: TcpStream) {
        // Without these it goes as well, later.
        let _ = stream.set_nodelay(true);
        let _ = set_tcp_user_timeout(&stream, VANISHED_MS);
        let _ = set_socket_send_buffer_size(&stream, IN_THE_KERNEL);
        let Self {
            peer,
            app,
            seat,
            tasks,
            stopping,
        } = self;
        seat.begin(Doing::Coming, Instant::now());
        let (hand_over, mut listens) = oneshot::channel();
        let hand_over = Arc::new(Mutex::new(Some(hand_over)));
        let stream = Watched {
            stream,
            seat: Arc::clone(&seat),
        };
        let service = service_fn(move |question| {
            let (app, seat, hand_over) = (app.clone(), Arc::clone(&seat), Arc::clone(&hand_over));
            // In a box, so that it takes no room after the answer.
            Box::pin(async move {
                match answer_one(app, peer, &seat, question).await {
                    Answer::Now(answer) => Ok::<_, Infallible>(answer),
                    Answer::Listens(answer) => {
                        let hand_over = hand_over
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .take();
                        // The connection is taken out of here, and this is never asked again.
                        if let Some(hand_over) = hand_over {
                            let _ = hand_over.send(answer);
                        }
                        std::future::pending().await
                    }
                }
            })
        });
        let mut connection = http1::Builder::new()
            // Its seat says how long it may rest: that is counted from when the last answer has left, and not from when
            // it was made.
            .header_read_timeout(None)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(stream), service);
        let mut is_stopping = false;
        let answer = loop {
            tokio::select! {
                // Whoever hangs up in the middle has their reasons.
                _ = &mut connection => return,
                Ok(answer) = &mut listens => break answer,
                () = stopping.cancelled(), if !is_stopping => {
                    is_stopping = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
            }
        };
        let watched = connection.into_parts().io.into_inner();
        tasks.spawn(listen(watched.stream, answer));
    }
}

/// Sends an answer that goes on and on, without what another question would need: thousands do this, and each takes
/// little room.
async fn listen(mut stream: TcpStream, answer: Response) {
    let (parts, body) = answer.into_parts();
    let mut head = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
    for (name, value) in &parts.headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    if stream.write_all(&head).await.is_err() {
        return;
    }
    drop((head, parts));
    let mut words = body.into_data_stream();
    loop {
        let mut said = [0; 64];
        tokio::select! {
            word = words.next() => {
                let Some(Ok(word)) = word else {
                    break;
                };
                let sent = tokio::time::timeout(TAKEN_WITHIN, stream.write_all(&word)).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
            }
            // Whoever listens says nothing more; but it is heard when they are gone.
            said = stream.read(&mut said) => {
                if !matches!(said, Ok(1..)) {
                    return;
                }
            }
        }
    }
    let _ = stream.shutdown().await;
}

async fn answer_one(
    app: Router,
    peer: SocketAddr,
    seat: &Arc<Seat>,
    question: hyper::Request<Incoming>,
) -> Answer {
    let now = Instant::now();
    let mut question: Request = if question.body().is_end_stream() {
        seat.begin(Doing::Waiting, now);
        question.map(Body::new)
    } else {
        seat.begin(Doing::Sending, now);
        let seat = Arc::clone(seat);
        question.map(|body| Body::new(Passing::new(body, seat, Doing::Sending, Doing::Waiting)))
    };
    question.extensions_mut().insert(ConnectInfo(peer));
    let Ok(mut answer) = app.oneshot(question).await;
    if answer.extensions().get::<Listens>().is_some() {
        seat.give_up();
        close_after(&mut answer);
        return Answer::Listens(answer);
    }
    seat.begin(Doing::Taking, Instant::now());
    if seat.is_wanted() {
        close_after(&mut answer);
    }
    let seat = Arc::clone(seat);
    Answer::Now(answer.map(|body| Passing::new(body, seat, Doing::Taking, Doing::Leaving)))
}

fn close_after(answer: &mut Response) {
    let headers = answer.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
}

/// A body that says when it is through.
struct Passing<B> {
    body: B,
    seat: Arc<Seat>,
    during: Doing,
    after: Doing,
}

impl<B> Passing<B> {
    fn new(body: B, seat: Arc<Seat>, during: Doing, after: Doing) -> Self {
        Self {
            body,
            seat,
            during,
            after,
        }
    }
}

impl<B> Drop for Passing<B> {
    fn drop(&mut self) {
        self.seat.go_on(self.during, self.after, Instant::now());
    }
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Passing<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection whose seat hears of every byte that goes, and when the last of an answer has gone.
struct Watched {
    stream: TcpStream,
    seat: Arc<Seat>,
}

impl Watched {
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.seat.move_on(Instant::now());
        }
        written
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Asked for when nothing waits any more to be written.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.seat
                .go_on(Doing::Leaving, Doing::Resting, Instant::now());
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Tells of trouble once in a while, however often it comes.
#[derive(Default)]
struct Trouble {
    told: Option<Instant>,
}

impl Trouble {
    fn tell(&mut self, tell: impl FnOnce()) {
        if self.told.is_none_or(|told| told.elapsed() >= TELLING_PACE) {
            self.told = Some(Instant::now());
            tell();
        }
    }
}
