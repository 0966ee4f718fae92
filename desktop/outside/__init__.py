"""Those outside who vouch: the port to bank, clinic, psychologist, tests, JKN and Dukcapil with
their simulators, and the signed code that an issuer may print on a paper (`proof_code`).

One question, one answer, one time limit. Real parties plug in behind the same port when their
interfaces are opened to the office; until then `simulators.py` plays them in training, and a live
counter without a line scans such codes, or types its evidence, which stays on a list until
somebody confirms it.
"""
