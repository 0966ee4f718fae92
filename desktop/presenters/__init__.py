"""One presenter per screen: answers clicks, hands the screen a whole frozen view; no Qt."""
