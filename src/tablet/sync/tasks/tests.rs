//! What goes over the link and what comes back, with a backend of a few lines.

use kairan_contract::{Participation, RequestKind, ScreenName, ServiceId};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

use super::*;
use crate::uptime::MachineClocks;

/// What the backend was asked, and what it got.
type Heard = Arc<Shared<Vec<(String, Value)>>>;

/// A backend that answers each question with what `answer` makes of it.
async fn backend(answer: fn(&str, &Value) -> Value) -> (url::Url, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("an address");
    let heard = Heard::default();
    let hears = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let Some((question, body)) = read(&mut stream).await else {
                continue;
            };
            let told = answer(&question, &body).to_string();
            hears.lock().expect("not poisoned").push((question, body));
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                told.len()
            );
            let _ = stream.write_all((head + &told).as_bytes()).await;
        }
    });
    let url = format!("http://{address}").parse().expect("an address");
    (url, heard)
}

/// The first line's path, and the body.
async fn read(stream: &mut TcpStream) -> Option<(String, Value)> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.ok()?;
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let line = line.to_lowercase();
                line.strip_prefix("content-length: ")?.trim().parse().ok()
            });
            if body.len() >= length.unwrap_or(0) {
                let path = head.split(' ').nth(1)?.to_owned();
                return Some((path, serde_json::from_str(body).unwrap_or_default()));
            }
        }
        if count == 0 {
            return None;
        }
    }
}

/// Tasks that talk to a backend, and what they tell.
struct Room {
    tasks: Tasks,
    told: mpsc::UnboundedReceiver<LinkEvent>,
    folder: TempDir,
}

async fn room(url: &url::Url) -> Room {
    let folder = tempfile::tempdir().expect("a folder");
    let data = DataFolder::open(folder.path().to_owned()).expect("opens");
    let journal = Journal::open(folder.path()).await.expect("opens");
    let (tell, told) = mpsc::unbounded_channel();
    let tasks = Tasks {
        client: Client::new(url, Arc::new(MachineClocks)).expect("a client"),
        library: Library::open(folder.path()).expect("opens"),
        journal: Arc::new(Mutex::new(journal)),
        outbox: Outbox::default(),
        answers: Arc::new(Mutex::new(data.answers())),
        data,
        tell,
        deliveries: Arc::default(),
    };
    Room {
        tasks,
        told,
        folder,
    }
}

fn id(number: u128) -> RequestId {
    RequestId(Uuid::from_u128(number))
}

fn loan() -> Participation {
    Participation(Uuid::nil())
}

fn request(number: u128, what: RequestKind) -> Request {
    Request {
        id: id(number),
        made_at: 1,
        what,
    }
}

fn call() -> RequestKind {
    RequestKind::CallBack {
        screen: ScreenName::named("help"),
    }
}

fn form() -> RequestKind {
    let service: ServiceId = "shopping".parse().expect("an id");
    let form = json!({ "service": service, "form": "shopping", "version": "00".repeat(32), "answers": [] });
    RequestKind::Form(serde_json::from_value(form).expect("a form"))
}

/// Three requests in two answers: what comes first is told first.
fn tells_answers(question: &str, _: &Value) -> Value {
    let answer = |number: u128, revision: u32| {
        json!({
            "request": Uuid::from_u128(number), "revision": revision, "number": "00000000",
            "title": "x", "provider": "y", "status": "confirmed",
            "since": "2026-11-22T00:00:00Z", "asked_at": "2026-11-22T00:00:00Z",
        })
    };
    match question.split_once("since=").map(|(_, since)| since) {
        Some("0") => {
            json!({ "revision": 5, "has_more": true, "answers": [answer(1, 2), answer(2, 1)] })
        }
        Some("5") => json!({ "revision": 9, "answers": [answer(2, 3)] }),
        _ => json!({ "revision": 9, "answers": [] }),
    }
}

#[tokio::test]
async fn answers_come_from_the_beginning_and_then_only_what_is_new() {
    let (url, heard) = backend(tells_answers).await;
    let mut room = room(&url).await;
    room.tasks
        .fetch_answers("secret", loan())
        .await
        .expect("they come");
    let mut told = Vec::new();
    while let Ok(LinkEvent::Answers(answers)) = room.told.try_recv() {
        told.push(answers.iter().map(|it| it.revision).collect::<Vec<_>>());
    }
    assert_eq!(told, [vec![2, 1], vec![2, 3]]);
    // Another start of the program: what it knows lies on the disk.
    let data = DataFolder::open(room.folder.path().to_owned()).expect("opens");
    assert_eq!(data.answers().revision, 9);
    room.tasks.answers = Arc::new(Mutex::new(data.answers()));
    room.tasks
        .fetch_answers("secret", loan())
        .await
        .expect("they come");
    let asked: Vec<String> = {
        let heard = heard.lock().expect("not poisoned");
        heard.iter().map(|(question, _)| question.clone()).collect()
    };
    assert_eq!(
        asked,
        [0, 5, 9].map(|since| format!("/api/v1/answers?since={since}"))
    );
    // In another loan it is asked from the beginning.
    let other = Participation(Uuid::from_u128(8));
    room.tasks
        .fetch_answers("other", other)
        .await
        .expect("they come");
    assert_eq!(
        heard.lock().expect("not poisoned")[3].0,
        "/api/v1/answers?since=0"
    );
}

/// An older backend: forms it cannot read, and everything else it takes.
fn reads_no_forms(_: &str, body: &Value) -> Value {
    let none = Vec::new();
    let requests = body["requests"].as_array().unwrap_or(&none);
    let is_read = |request: &&Value| request["kind"] != "form";
    let received: Vec<&Value> = requests
        .iter()
        .filter(is_read)
        .map(|it| &it["id"])
        .collect();
    let unread: Vec<usize> = (0..requests.len())
        .filter(|place| requests[*place]["kind"] == "form")
        .collect();
    json!({ "received": received, "unread": unread })
}

#[tokio::test]
async fn what_the_backend_cannot_read_stays_and_what_is_about_it_waits_behind_it() {
    let (url, heard) = backend(reads_no_forms).await;
    let room = room(&url).await;
    for request in [
        request(1, form()),
        request(2, call()),
        request(3, RequestKind::Withdraw { request: id(1) }),
    ] {
        let mut journal = room.tasks.journal.lock().await;
        journal.keep_request(&request).await.expect("writes");
    }
    room.tasks.send_requests("secret").await.expect("it goes");
    let waiting = |_| false;
    let journal = room.tasks.journal.lock().await;
    let left = journal.requests_to_send(waiting).await.expect("reads");
    drop(journal);
    let left: Vec<RequestId> = left.iter().map(|it| it.id).collect();
    assert_eq!(left, [id(1), id(3)]);
    // Asked again it is left alone for a while, and so is what is about it.
    let before = heard.lock().expect("not poisoned").len();
    room.tasks.send_requests("secret").await.expect("it rests");
    assert_eq!(heard.lock().expect("not poisoned").len(), before);
}
