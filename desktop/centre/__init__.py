"""The administrators' side of the centre: what its commands do, without arguments and printing.

`db.central_admin` and `db.central_desk` hold the statements; what the rows mean is said here. Of
these only `joining` runs at a counter.
"""
