//! The sound server goes and comes back: nothing is silent for longer than it is gone, nothing waits for an end that
//! never comes, and nobody's log fills. `KAIRAN_SOUND_KILLS` sets how often it is killed.

use kairan_tests::{
    sound_server::{SoundServer, Voice},
    until,
};

/// Takes some ten seconds to be said.
const LONG: &str = "ひだまり公園のもみじが見ごろです。池のまわりが赤く色づきました。十一月の終わりまで楽しめます。\
                    駅からバスで十分です。帰りのバスは一時間に二本です。";
/// A few lines for each time that the server goes; it was 18 megabytes a second.
const MOST_LOGGED: usize = 1_500;

fn kills() -> usize {
    let kills = std::env::var("KAIRAN_SOUND_KILLS");
    kills.ok().and_then(|it| it.parse().ok()).unwrap_or(3)
}

/// Kills the server in the midst of a reading, again and again. What somebody was listening to is over and they are
/// told; a warning that comes meanwhile sounds as soon as the server is back.
#[test]
fn the_sound_server_is_killed_while_something_is_read() {
    let mut server = SoundServer::new();
    server.start();
    let mut voice = Voice::start(&server);
    for round in 0..kills() {
        let turn = round * 10;
        let listening = server.listen();
        voice.order(&format!("say {turn} {LONG}"));
        listening.hears("the reading");
        server.kill();
        let told = voice.tells(&format!("cannot {turn} SpeakerLost"));
        assert!(told.iter().all(|it| it.starts_with("says")), "{told:?}");

        let alarm = turn + 1;
        voice.order(&format!("warn {alarm} 大雨危険警報。"));
        voice.tells(&format!("waits {alarm} NoSpeaker"));
        server.start();
        let listening = server.listen();
        let told = voice.tells(&format!("ended {alarm}"));
        let said = format!("says {alarm} 大雨危険警報。");
        assert_eq!(told.last(), Some(&said), "{told:?}");
        listening.hears("the warning");
        println!(
            "killed {} times; the warning was heard each time",
            round + 1
        );

        let again = turn + 2;
        let listening = server.listen();
        voice.order(&format!("say {again} はい。"));
        voice.tells(&format!("ended {again}"));
        listening.hears("the reading after that");
    }
    let logged = voice.log().len();
    println!("{logged} bytes were written down");
    assert!(logged <= kills() * MOST_LOGGED, "{}", voice.log());
}

/// The device is open but nothing sounds when the server goes: it is let go, and costs nothing until the next sound,
/// which is heard on the server that is there by then.
#[test]
fn the_sound_server_goes_while_nothing_sounds() {
    let mut server = SoundServer::new();
    server.start();
    let mut voice = Voice::start(&server);
    voice.order("say 1 はい。");
    voice.tells("ended 1");
    server.kill();
    until("the device to be let go", || {
        voice.log().contains("the speaker is lost").then_some(())
    });
    server.start();
    let listening = server.listen();
    voice.order("chime");
    listening.hears("the reminder's tone");
    assert!(voice.log().len() <= MOST_LOGGED, "{}", voice.log());
}

/// A tablet that starts before its sound server.
#[test]
fn a_device_that_appears_later_is_found() {
    let mut server = SoundServer::new();
    let mut voice = Voice::start(&server);
    voice.order("say 1 はい。");
    voice.tells("cannot 1 NoSpeaker");
    voice.order("warn 2 津波警報。");
    voice.tells("waits 2 NoSpeaker");
    // A finger that drums while a warning waits pushes nothing out.
    for _ in 0..500 {
        voice.order("touch");
    }
    server.start();
    let listening = server.listen();
    voice.tells("ended 2");
    listening.hears("the warning");
    voice.order("say 3 はい。");
    voice.tells("ended 3");
}

/// What was answered is not heard afterwards.
#[test]
fn a_warning_that_was_answered_is_not_tried_again() {
    let mut server = SoundServer::new();
    let mut voice = Voice::start(&server);
    voice.order("warn 1 津波警報。");
    voice.tells("waits 1 NoSpeaker");
    voice.order("hush");
    voice.tells("stopped 1");
    server.start();
    // The voice does one thing after the other: what is told from now on is all there is.
    voice.order("say 2 はい。");
    let told = voice.tells("ended 2");
    assert_eq!(told, ["says 2 はい。"]);
}

/// A server that hangs takes nothing and says nothing.
#[test]
fn a_sound_server_that_hangs_does_not_hang_the_tablet() {
    let mut server = SoundServer::new();
    server.start();
    let mut voice = Voice::start(&server);
    let listening = server.listen();
    voice.order(&format!("say 1 {LONG}"));
    listening.hears("the reading");
    server.hang(true);
    voice.tells("cannot 1 SpeakerLost");
    voice.order("warn 2 津波警報。");
    voice.tells("waits 2 NoSpeaker");
    server.hang(false);
    let listening = server.listen();
    voice.tells("ended 2");
    listening.hears("the warning");
    assert!(voice.log().len() <= 3 * MOST_LOGGED, "{}", voice.log());
}
