"""What the screens are made of: askers draw widgets, showers take data, makers are pure."""
