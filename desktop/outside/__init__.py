"""The evidence port: bank, clinic, psychologist, tests, JKN and Dukcapil, with their simulators.

One question, one answer, one time limit. Real parties plug in behind the same port when their
interfaces are opened to the office; until then `simulators.py` plays them in training, and a live
counter without a line types its evidence, which stays on a list until somebody confirms it.
"""
