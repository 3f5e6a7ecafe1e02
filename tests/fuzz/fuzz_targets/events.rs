#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    kairan_fuzz::read_as("kind = \"events\"\nurl = \"x\"", bytes);
});
