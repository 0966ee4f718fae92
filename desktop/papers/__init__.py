"""Receipts, letters, labels, manifests, minutes and reports as PDF (reportlab)."""
