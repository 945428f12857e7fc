"""The parts of the screens: askers draw widgets and return a value, showers draw data, makers are pure."""
