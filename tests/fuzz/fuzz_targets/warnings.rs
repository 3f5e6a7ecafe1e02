#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    kairan_fuzz::read_as("kind = \"warnings\"\nurl = \"x\"\narea = \"9920100\"", bytes);
});
