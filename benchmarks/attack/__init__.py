"""The local server under attack: fuzzed requests, half-sent ones, and costly questions beside a quick one."""
