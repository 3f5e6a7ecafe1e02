#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    kairan_fuzz::read_as("kind = \"places\"\nurl = \"x\"\nnear = [35.0, 135.0]", bytes);
});
