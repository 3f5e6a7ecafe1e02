//! Whoever takes an answer through a thin line gets all of it, also while others wait for the place.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use kairan_backend::web::{
    files::Places,
    listening::{answer, bind},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};
use tokio_util::sync::CancellationToken;

/// More than any kernel holds for one connection.
const LENGTH: usize = 8 << 20;
/// What the thin line takes at once, and how often: longer in all than a connection may rest where others wait.
const PIECE: usize = 128 * 1024;
const PACE: Duration = Duration::from_millis(50);
const RESTS_AT_MOST: Duration = Duration::from_secs(1);

/// Asks on a connection of its own, and gives what was answered until it closed.
async fn ask_and_leave(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let question = b"GET /small HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(question).await.expect("asks");
    let mut answered = String::new();
    let read = stream.read_to_string(&mut answered).await;
    read.expect("answers");
    answered
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_answer_arrives_whole_through_a_thin_line_while_others_wait() {
    let listener = bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Router::new()
        .route("/large", get(|| async { vec![b'x'; LENGTH] }))
        .route("/small", get(|| async { "small" }));
    // One place: whoever else comes waits for it.
    let places = Places {
        files: 64,
        listeners: 1,
        asking: 1,
    };
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let server = tokio::spawn(async move { answer(listener, app, places, &stopped, || ()).await });

    let thin = TcpSocket::new_v4().expect("a socket");
    thin.set_recv_buffer_size(16 * 1024).expect("a thin line");
    let mut thin = thin.connect(address).await.expect("connects");
    let question = b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n";
    thin.write_all(question).await.expect("asks");
    let mut taken = vec![0; PIECE];
    thin.read_exact(&mut taken).await.expect("a beginning");
    let waits = tokio::spawn(ask_and_leave(address));
    let (began, mut pace) = (Instant::now(), tokio::time::interval(PACE));
    let head = taken.windows(4).position(|it| it == b"\r\n\r\n");
    let whole = head.expect("a head") + 4 + LENGTH;
    while taken.len() < whole {
        pace.tick().await;
        let next = taken.len();
        taken.resize(whole.min(next + PIECE), 0);
        let read = thin.read_exact(&mut taken[next..]).await;
        read.unwrap_or_else(|error| panic!("cut after {next} of {whole} bytes: {error}"));
    }
    assert!(began.elapsed() > 2 * RESTS_AT_MOST, "the line is thin");
    // It rests now, and whoever waited has the place.
    let answered = waits.await.expect("ends");
    assert!(answered.ends_with("small"), "{answered}");
    stop.cancel();
    server.await.expect("ends");
}
