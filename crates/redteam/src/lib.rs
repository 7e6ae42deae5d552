//! Known poisoning techniques, on copies of the user's own data with inert payloads, to measure the defence.
