"""The administrators' side of the centre: what its commands do, without arguments and printing.

`db.central_admin` holds the statements; what the rows mean is said here. Nothing of this runs at a
counter but `home.py`, the training counter's own centre.
"""
