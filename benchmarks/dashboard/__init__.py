"""The dashboard in Chromium, beside a trivial page; and on a slow account."""
