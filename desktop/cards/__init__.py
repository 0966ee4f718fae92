"""The plastic card: its face drawn from a layout, its code, its chip files."""
