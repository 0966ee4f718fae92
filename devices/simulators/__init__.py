"""The far end of the wire, with faults to order."""
