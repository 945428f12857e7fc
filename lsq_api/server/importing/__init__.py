"""Imports files of leads and activities into a new store, or appends them to a store."""
