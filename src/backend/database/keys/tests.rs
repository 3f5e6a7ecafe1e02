use super::*;

const SECRET: &str = "JBSWY3DPEHPK3PXP";
const FACTORS: Purpose = Purpose::SecondFactors;

fn keys(folder: &Path) -> Keys {
    Keys::at(&folder.join("keys"))
}

#[test]
fn what_is_sealed_opens_with_its_key_for_its_place_and_nowhere_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let (keys, now) = (keys(folder.path()), Timestamp::UNIX_EPOCH);
    assert!(keys.prepare(FACTORS, now).expect("makes"));
    assert!(!keys.prepare(FACTORS, now).expect("is there"));
    let sealed = keys.seal(FACTORS, "people 1", SECRET).expect("seals");
    assert!(is_sealed(&sealed) && !sealed.contains(SECRET), "{sealed}");
    assert_eq!(
        keys.open(FACTORS, "people 1", &sealed).as_deref(),
        Ok(SECRET)
    );
    // Sealed for one person, it is nothing to another.
    let elsewhere = keys.open(FACTORS, "people 2", &sealed);
    assert_eq!(elsewhere, Err(NotOpened::Damaged));
    for at in 0..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        changed[at] ^= 1;
        let changed = String::from_utf8_lossy(&changed).into_owned();
        assert!(
            keys.open(FACTORS, "people 1", &changed).is_err(),
            "{changed}"
        );
    }
    // The same again is another text.
    assert_ne!(
        keys.seal(FACTORS, "people 1", SECRET).expect("seals"),
        sealed
    );
}

#[test]
fn an_older_key_opens_what_it_sealed_and_a_lost_one_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = keys(folder.path());
    let later = "2026-11-29T00:00:00Z".parse().expect("a time");
    let first = keys.add(FACTORS, later).expect("makes");
    let sealed = keys.seal(FACTORS, "a", SECRET).expect("seals");
    assert_eq!(name_of_key(&sealed), Some(&*first));
    // Another program makes the newer one, with a clock that goes wrong.
    let other = Keys::at(keys.folder());
    let second = other.add(FACTORS, Timestamp::UNIX_EPOCH).expect("makes");
    let anew = keys.seal(FACTORS, "a", SECRET).expect("seals");
    assert_eq!(name_of_key(&anew), Some(&*second));
    assert_eq!(keys.open(FACTORS, "a", &sealed).as_deref(), Ok(SECRET));
    let file = keys.folder().join(format!("second-factors/{first}.key"));
    for (path, mode) in [(&file, 0o600), (&keys.folder().to_owned(), 0o700)] {
        let found = fs::metadata(path).expect("there").permissions().mode();
        assert_eq!(found & 0o777, mode, "{}", path.display());
    }
    fs::remove_file(file).expect("removes");
    let anew_read = Keys::at(keys.folder());
    assert_eq!(
        anew_read.open(FACTORS, "a", &sealed),
        Err(NotOpened::Lost(first))
    );
    assert_eq!(anew_read.open(FACTORS, "a", &anew).as_deref(), Ok(SECRET));
}

#[test]
fn a_key_belongs_to_the_user_of_its_folder_and_one_that_cannot_be_read_shuts_nobody_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (keys, now) = (keys(folder.path()), Timestamp::UNIX_EPOCH);
    keys.add(FACTORS, now).expect("makes");
    let inside = keys.folder().join(FACTORS.folder());
    let sealed = keys.seal(FACTORS, "a", SECRET).expect("seals");
    // It stands in for a file that another user may not read: root reads every file, but no folder.
    fs::create_dir(inside.join("99991231-235959-ffffffff.key")).expect("makes");
    let anew = Keys::at(keys.folder());
    assert_eq!(anew.open(FACTORS, "a", &sealed).as_deref(), Ok(SECRET));
    assert!(!anew.prepare(FACTORS, now).expect("is there"));
    let other = 54_321;
    if std::os::unix::fs::chown(&inside, Some(other), Some(other)).is_err() {
        // Only root gives anything away.
        return;
    }
    let name = keys.add(FACTORS, now).expect("makes");
    let made = fs::metadata(inside.join(format!("{name}.key"))).expect("there");
    assert_eq!((made.uid(), made.gid()), (other, other));
    assert_eq!(made.permissions().mode() & 0o777, 0o600);
}

#[test]
fn keys_never_lie_among_the_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("makes");
    std::os::unix::fs::symlink(&data, folder.path().join("link")).expect("links");
    for inside in ["data", "data/keys", "link/keys", "data/../data/new/keys"] {
        let judged = Keys::at(&folder.path().join(inside)).judge(&data);
        assert!(
            matches!(judged, Err(KeysError::InsideData { .. })),
            "{inside}"
        );
    }
    for outside in ["data.keys", "keys", "data-keys/a"] {
        let keys = Keys::at(&folder.path().join(outside));
        assert!(keys.judge(&data).is_ok(), "{outside}");
    }
    assert_eq!(beside(&data), resolved(&folder.path().join("data.keys")));
    assert_eq!(beside(&data.join(".")), beside(&data));
}
