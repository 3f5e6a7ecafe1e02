//! The library on a disk that is sound, damaged, or takes nothing.

use kairan_contract::Council;

use super::*;

fn manifest_with(blobs: &[&[u8]]) -> Manifest {
    let services = blobs
            .iter()
            .enumerate()
            .map(|(index, bytes)| {
                serde_json::from_value(serde_json::json!({
                    "id": format!("tile-{index}"), "provider": "city", "category": "news", "title": "市から", "reading": "しから",
                    "summary": "市から", "icon": "megaphone",
                    "content": { "kind": "page", "freshness": { "state": "current" },
                        "blob": { "sha256": Sha256::of(bytes).to_string(), "bytes": bytes.len() } }
                }))
                .expect("a service")
            })
            .collect();
    let council: Council = serde_json::from_value(
            serde_json::json!({ "name": "ひだまり市", "areas": [], "helper_telephone": "0120-000-000" }),
        )
        .expect("a council");
    Manifest {
        catalogue: 1,
        council,
        categories: vec![],
        providers: vec![],
        messages: Vec::new(),
        emergencies: Vec::new(),
        locked: false,
        wipe: false,
        neighbourhoods: None,
        services,
    }
}

const PAGE: &[u8] = r#"{"kind":"page","article":{"id":"a","title":"ごみ","body":[]}}"#.as_bytes();
const OTHER: &[u8] = r#"{"kind":"page","article":{"id":"b","title":"水道","body":[]}}"#.as_bytes();

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn blobs_in(folder: &Path) -> usize {
    fs::read_dir(folder.join("blobs"))
        .expect("a folder")
        .count()
}

#[test]
fn a_tile_is_shown_as_soon_as_its_own_blobs_are_here() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(folder.path()).expect("opens");
    library.store_blob(Sha256::of(PAGE), PAGE).expect("laid");
    let manifest = manifest_with(&[PAGE, OTHER]);
    library.activate(manifest, "1".into(), now()).expect("kept");
    let contents = || library.snapshot().map(|snapshot| snapshot.contents.len());
    assert_eq!(contents(), Some(1));
    assert_eq!(library.missing_contents().len(), 1);
    assert!(matches!(
        library.store_blob(Sha256::of(OTHER), PAGE),
        Err(LibraryError::Damaged(_))
    ));
    library.store_blob(Sha256::of(OTHER), OTHER).expect("laid");
    assert_eq!(contents(), Some(2));
    library
        .activate(manifest_with(&[PAGE]), "2".into(), now())
        .expect("kept");
    assert_eq!(blobs_in(folder.path()), 1);
    let again = Library::open(folder.path()).expect("opens");
    assert_eq!(again.etag().as_deref(), Some("2"));
}

#[test]
fn a_tile_keeps_what_it_had_until_the_new_is_here_and_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(folder.path()).expect("opens");
    library.store_blob(Sha256::of(PAGE), PAGE).expect("laid");
    library
        .activate(manifest_with(&[PAGE]), "1".into(), now())
        .expect("kept");
    library
        .activate(manifest_with(&[OTHER]), "2".into(), now())
        .expect("kept");
    let blob_of = |library: &Library| {
        let snapshot = library.snapshot().expect("held");
        assert_eq!(snapshot.contents.len(), 1);
        let content = snapshot.manifest.services[0].content.clone();
        content.expect("content").blob.sha256
    };
    assert_eq!(blob_of(&library), Sha256::of(PAGE));
    let library = Library::open(folder.path()).expect("opens");
    assert_eq!(blob_of(&library), Sha256::of(PAGE));
    library.store_blob(Sha256::of(OTHER), OTHER).expect("laid");
    assert_eq!(blob_of(&library), Sha256::of(OTHER));
    library.persist().expect("keeps");
    assert_eq!(blobs_in(folder.path()), 1, "the old one is gone");
}

#[test]
fn what_a_disk_does_not_take_is_in_force_from_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(folder.path()).expect("opens");
    // Neither a blob nor a manifest can be laid where a folder with something in it lies aside.
    let in_the_way = |path: PathBuf| fs::create_dir_all(path.join("x")).expect("makes");
    let blob = folder
        .path()
        .join("blobs")
        .join(Sha256::of(PAGE).to_string());
    in_the_way(folder.path().join("manifest.part"));
    in_the_way(blob.with_extension("part"));
    let taken = library.activate(manifest_with(&[PAGE]), "1".into(), now());
    assert!(matches!(taken, Err(LibraryError::Disk { .. })));
    assert_eq!(library.etag().as_deref(), Some("1"));
    assert!(library.store_blob(Sha256::of(PAGE), PAGE).is_err());
    library
        .store_urgent_blob(Sha256::of(PAGE), PAGE)
        .expect("held");
    assert_eq!(
        library.snapshot().map(|snapshot| snapshot.contents.len()),
        Some(1)
    );
    assert!(library.is_unsaved());
    let large = vec![0; SPARE_LIMIT];
    assert!(
        library
            .store_urgent_blob(Sha256::of(&large), &large)
            .is_ok(),
        "the disk takes it"
    );
    fs::remove_dir_all(folder.path().join("manifest.part")).expect("removes");
    fs::remove_dir_all(blob.with_extension("part")).expect("removes");
    library.persist().expect("keeps");
    assert!(!library.is_unsaved());
    assert_eq!(fs::read(&blob).expect("it lies there"), PAGE);
}

#[test]
fn damaged_missing_and_foreign_files_are_set_aside_and_asked_for_again() {
    type Spoil = fn(&Path);
    let spoil: [(&str, Spoil); 6] = [
        ("cut blob", |blob| {
            fs::write(blob, &PAGE[..9]).expect("writes");
        }),
        ("empty blob", |blob| fs::write(blob, b"").expect("writes")),
        ("missing blob", |blob| {
            fs::remove_file(blob).expect("removes");
        }),
        ("folder for a blob", |blob| {
            fs::remove_file(blob).expect("removes");
            fs::create_dir(blob).expect("makes");
        }),
        ("nonsense in the blob", |blob| {
            fs::write(blob, vec![0xff; 4096]).expect("writes");
        }),
        ("a foreign file beside it", |blob| {
            fs::write(blob.with_file_name("holiday.jpg"), b"x").expect("writes");
            fs::remove_file(blob).expect("removes");
        }),
    ];
    for (what, spoil) in spoil {
        let folder = tempfile::tempdir().expect("a folder");
        let library = Library::open(folder.path()).expect("opens");
        library.store_blob(Sha256::of(PAGE), PAGE).expect("laid");
        library
            .activate(manifest_with(&[PAGE]), "1".into(), now())
            .expect("keeps");
        spoil(&library.path_of(Sha256::of(PAGE)));
        let snapshot = library.snapshot().expect("the tiles are still there");
        assert!(snapshot.contents.is_empty(), "{what}");
        assert_eq!(library.missing_contents().len(), 1, "{what}");
        library
            .store_blob(Sha256::of(PAGE), PAGE)
            .expect("laid again");
        assert_eq!(
            library.snapshot().map(|snapshot| snapshot.contents.len()),
            Some(1),
            "{what}"
        );
    }
}

#[test]
fn a_damaged_manifest_is_no_crash() {
    for bytes in [&b""[..], b"{", b"null", &[0xff, 0xfe], b"{\"etag\":1}"] {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("manifest.json"), bytes).expect("writes");
        let library = Library::open(folder.path()).expect("opens");
        assert!(library.snapshot().is_none());
        library.store_blob(Sha256::of(PAGE), PAGE).expect("laid");
        library
            .activate(manifest_with(&[PAGE]), "1".into(), now())
            .expect("keeps");
        assert!(library.snapshot().is_some());
    }
}

#[test]
fn what_was_being_written_when_the_power_went_is_cleared_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(folder.path()).expect("opens");
    library.store_blob(Sha256::of(PAGE), PAGE).expect("laid");
    let manifest = folder.path().join("manifest.part");
    let blob = library.path_of(Sha256::of(PAGE)).with_extension("part");
    fs::write(&manifest, b"{").expect("writes");
    fs::write(&blob, &PAGE[..9]).expect("writes");
    let library = Library::open(folder.path()).expect("opens");
    assert!(!manifest.exists() && !blob.exists());
    assert_eq!(library.blob(Sha256::of(PAGE)).as_deref(), Some(PAGE));
}
