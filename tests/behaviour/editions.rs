//! What the store promises of emergencies, on either database: two people for each, one for a form that is sent twice, and
//! what is real first.

use jiff::{SignedDuration, Timestamp};
use kairan_backend::{
    database::Database,
    emergencies::queries::{Author, Kept, Release, Written},
};
use kairan_contract::{
    EmergencyId, EmergencySeen, EmergencyStage, EnrolmentCode, Participation, TabletId,
    TabletStatus,
};
use uuid::Uuid;

/// Somebody of this name.
fn by(name: &str) -> Author<'_> {
    Author {
        id: Uuid::new_v4(),
        name,
    }
}

fn written(title: &str) -> Written {
    Written {
        title: title.to_owned(),
        text: "高い所へ".to_owned(),
        hours: 2,
    }
}

/// One writes, another sends, and nothing is changed after.
pub async fn two_people_send_one(store: &Database, now: Timestamp) {
    let id = EmergencyId(Uuid::new_v4());
    let (kato, sato) = (Uuid::new_v4(), Uuid::new_v4());
    let by = |id, name| Author { id, name };
    let titles = async |at| {
        let told = store.told_now(at).await.expect("reads");
        told.into_iter()
            .map(|it| it.emergency.title)
            .collect::<Vec<_>>()
    };
    let words = written("津波");
    let writing = store.write_emergency(id, &words, None, by(kato, "kato"), None, now);
    writing.await.expect("keeps");
    assert_eq!(titles(now).await, [""; 0], "nobody has sent it");
    let release = async |edition, who| {
        store
            .release_emergency(id, edition, who, now)
            .await
            .expect("answers")
    };
    assert_eq!(release(1, by(kato, "kato")).await, Release::SamePerson);
    assert_eq!(release(2, by(sato, "sato")).await, Release::Gone);
    assert_eq!(release(1, by(sato, "sato")).await, Release::Done);
    assert_eq!(release(1, by(sato, "sato")).await, Release::Gone, "once");
    assert_eq!(titles(now).await, ["津波"]);
    assert_eq!(
        titles(now + SignedDuration::from_hours(3)).await,
        [""; 0],
        "its time is over"
    );

    let correct = async |title| {
        let words = written(title);
        store
            .correct_emergency(id, &words, by(sato, "sato"), None, now)
            .await
            .expect("answers")
    };
    assert!(correct("大津波").await);
    assert!(!correct("高潮").await, "one waits already");
    assert_eq!(
        titles(now).await,
        ["津波"],
        "a correction waits for the second person, too"
    );
    assert_eq!(release(2, by(kato, "kato")).await, Release::Done);
    assert_eq!(titles(now).await, ["大津波"]);
    let end = async || {
        let words = written("おわりました");
        store
            .end_emergency(id, &words, by(kato, "kato"), now)
            .await
            .expect("answers")
    };
    assert!(end().await);
    assert!(!end().await, "it is over once");
    assert!(!correct("津波").await, "what is over is not corrected");
    let told = store.told_now(now).await.expect("reads");
    assert_eq!(told[0].emergency.stage, EmergencyStage::Over);
    assert_eq!(told[0].to, None);

    let drill = EmergencyId(Uuid::new_v4());
    let tablets = [TabletId(Uuid::new_v4()), TabletId(Uuid::new_v4())];
    let words = written("訓練");
    let writing = store.write_emergency(drill, &words, Some(&tablets), by(kato, "kato"), None, now);
    writing.await.expect("keeps");
    let drop = async |edition| {
        let dropping = store.drop_emergency(drill, edition, by(kato, "kato"), now);
        dropping.await.expect("answers")
    };
    assert!(!drop(2).await, "nobody has written that");
    assert!(drop(1).await);
    assert!(!drop(1).await, "once");
    let releasing = store.release_emergency(drill, 1, by(sato, "sato"), now);
    assert_eq!(releasing.await.expect("answers"), Release::Gone);
    assert_eq!(
        store.tablets_of(drill).await.expect("reads"),
        tablets.into()
    );
    // Every edition stays as it was written.
    let editions = store.editions().await.expect("reads");
    let mut kept: Vec<_> = editions
        .iter()
        .filter(|it| it.id == id)
        .map(|it| it.title.as_str())
        .collect();
    kept.reverse();
    assert_eq!(kept, ["津波", "大津波", "おわりました"]);
}

/// A form that is sent twice, even at the same moment, writes one.
pub async fn a_form_that_is_sent_twice_writes_one(store: &Database, now: Timestamp) {
    let id = EmergencyId(Uuid::new_v4());
    let words = written("津波");
    let (kato, sato) = (by("kato"), by("sato"));
    let write = async |who| {
        let writing = store.write_emergency(id, &words, None, who, None, now);
        writing.await.expect("answers")
    };
    let twice = tokio::join!(write(kato), write(kato));
    assert!(
        matches!(
            twice,
            (Kept::New, Kept::Already) | (Kept::Already, Kept::New)
        ),
        "{twice:?}"
    );
    assert_eq!(write(sato).await, Kept::Taken, "it is another's");
    assert_eq!(store.waiting_editions().await.expect("reads").len(), 1);
    let dropping = store.drop_emergency(id, 1, kato, now);
    assert!(dropping.await.expect("drops"));
}

/// However many drills and editions come after it, what is real is told, stands first and can be ended.
pub async fn no_drill_pushes_out_what_is_real(store: &Database, now: Timestamp) {
    let words = written("洪水");
    let send = async |drill: Option<&[TabletId]>, at| {
        let id = EmergencyId(Uuid::new_v4());
        let writing = store.write_emergency(id, &words, drill, by("kato"), None, at);
        writing.await.expect("keeps");
        let released = store.release_emergency(id, 1, by("sato"), at).await;
        assert_eq!(released.expect("answers"), Release::Done);
        id
    };
    let tablet = TabletId(Uuid::new_v4());
    let real = send(None, now).await;
    for number in 1..=60 {
        let at = now + SignedDuration::from_secs(number);
        let drill = send(Some(&[tablet]), at).await;
        let dropped = EmergencyId(Uuid::new_v4());
        let writing = store.write_emergency(dropped, &words, None, by("kato"), None, at);
        writing.await.expect("keeps");
        let dropping = store.drop_emergency(dropped, 1, by("kato"), at);
        assert!(dropping.await.expect("drops"));
        if number % 2 == 0 {
            let ending = store.end_emergency(drill, &words, by("kato"), at);
            assert!(ending.await.expect("answers"));
        }
    }
    let later = now + SignedDuration::from_mins(2);
    let told = store.told_now(later).await.expect("reads");
    assert_eq!(told.last().map(|it| it.emergency.id), Some(real));
    let live = store.live_editions(later).await.expect("reads");
    assert_eq!(live[0].id, real);
    // Five that were ended a moment ago do not push out what goes on.
    for number in 0..5 {
        let at = later + SignedDuration::from_secs(number);
        let other = send(None, at).await;
        let ending = store.end_emergency(other, &words, by("kato"), at);
        assert!(ending.await.expect("answers"));
    }
    let told = store.told_now(later).await.expect("reads");
    assert_eq!(told.last().map(|it| it.emergency.id), Some(real));
    let ending = store.end_emergency(real, &words, by("kato"), later);
    assert!(ending.await.expect("answers"));
}

/// What was let go waits no more, and what has run out is not ended: neither is answered as if it had been done.
pub async fn what_is_gone_stays_gone(store: &Database, now: Timestamp) {
    let by = |name| Author {
        id: Uuid::from_u128(u128::from(name == "kato")),
        name,
    };
    let words = written("津波");
    let id = EmergencyId(Uuid::new_v4());
    let (one, two) = (TabletId(Uuid::new_v4()), TabletId(Uuid::new_v4()));
    let write = async |id, drill: &[TabletId]| {
        let drill = (!drill.is_empty()).then_some(drill);
        let kept = store.write_emergency(id, &words, drill, by("kato"), None, now);
        kept.await.expect("answers")
    };
    assert_eq!(write(id, &[one]).await, Kept::New);
    assert_eq!(write(id, &[one]).await, Kept::Already);
    assert_eq!(write(id, &[one, two]).await, Kept::Taken, "other tablets");
    let dropping = store.drop_emergency(id, 1, by("kato"), now);
    dropping.await.expect("drops");
    assert_eq!(write(id, &[one]).await, Kept::Taken, "it was let go");

    let id = EmergencyId(Uuid::new_v4());
    assert_eq!(write(id, &[]).await, Kept::New);
    let released = store.release_emergency(id, 1, by("sato"), now).await;
    assert_eq!(released.expect("answers"), Release::Done);
    let later = now + SignedDuration::from_hours(3);
    let ending = store.end_emergency(id, &words, by("kato"), later);
    assert!(!ending.await.expect("answers"), "it has run out by itself");
    assert!(store.told_now(later).await.expect("reads").is_empty());
}

/// Two hold at once, and a tablet tells of one after the other: both are kept until they are over, or the loan is erased.
pub async fn what_was_shown_is_kept_of_each_that_holds(store: &Database, now: Timestamp) {
    let words = written("洪水");
    let [first, second, never] = [(); 3].map(|()| EmergencyId(Uuid::new_v4()));
    for id in [first, second] {
        let writing = store.write_emergency(id, &words, None, by("kato"), None, now);
        writing.await.expect("keeps");
        let released = store.release_emergency(id, 1, by("sato"), now).await;
        assert_eq!(released.expect("answers"), Release::Done);
    }
    let code = EnrolmentCode::from_number(77_000_077);
    let (loan, tablet) = (Participation(Uuid::new_v4()), TabletId(Uuid::new_v4()));
    assert!(store.add_code(&code, loan, now).await.expect("adds"));
    let enrolled = store.enrol(&code, tablet, "token-shown", now).await;
    enrolled.expect("enrols");
    let tell = async |id, answered, at| {
        let status = TabletStatus {
            version: "0.1.0".to_owned(),
            catalogue: 1,
            locked: false,
            battery_percent: None,
            free_megabytes: None,
            unsent: 0,
            emergency: Some(EmergencySeen {
                id,
                edition: 1,
                answered,
            }),
        };
        let telling = store.put_status(tablet, &status, at);
        telling.await.expect("keeps");
    };
    let seen = async |id| {
        let editions = store.editions_of(id).await.expect("reads");
        let seen = match editions.first() {
            Some(edition) => store.seen_of(edition).await.expect("reads"),
            None => return None,
        };
        seen.get(&tablet).copied()
    };
    tell(first, true, now).await;
    tell(second, false, now).await;
    tell(never, true, now).await;
    // What comes once more, and late, takes nothing back.
    tell(first, false, now).await;
    assert_eq!(
        (seen(first).await, seen(second).await),
        (Some(true), Some(false))
    );
    store.forget_seen(now).await.expect("forgets");
    assert_eq!(seen(first).await, Some(true), "it holds");
    let over = now + SignedDuration::from_hours(3);
    store.forget_seen(over).await.expect("forgets");
    assert_eq!((seen(first).await, seen(second).await), (None, None));
    tell(first, true, over).await;
    assert_eq!(seen(first).await, None, "it is over");
    tell(second, true, now).await;
    assert_eq!(seen(second).await, Some(true));
    store.erase(loan, now).await.expect("erases");
    assert_eq!(seen(second).await, None, "it went with the loan");
    for id in [first, second] {
        let ending = store.end_emergency(id, &words, by("kato"), now);
        assert!(ending.await.expect("answers"));
    }
}
