"""Faces on pictures: found, measured and, side by side, compared.

The models lie in `resources/models`, each with its source and licence; OpenCV runs them on this
PC, and nothing leaves it. OpenCV and NumPy are heavy, so nothing that the window imports at its
start may import this package's modules other than `limits`.
"""
