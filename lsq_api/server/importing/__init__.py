"""Files of leads and activities into a store, or to one that is there."""
