#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    kairan_fuzz::read_as("kind = \"timetable\"\nurl = \"x\"\nstop = \"市役所\"", bytes);
});
