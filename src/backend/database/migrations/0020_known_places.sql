-- The browsers and networks from which somebody has signed in lately: who comes from there is not kept waiting for the
-- mistakes of strangers. Only hashes are kept. `person` is empty where a tablet was let in.
CREATE TABLE known_devices (
    device_sha256 TEXT NOT NULL,
    person TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (device_sha256, person)
);
CREATE INDEX known_devices_by_person ON known_devices (person, seen_at);

CREATE TABLE known_networks (
    network_sha256 TEXT NOT NULL,
    person TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (network_sha256, person)
);
CREATE INDEX known_networks_by_person ON known_networks (person, seen_at);
