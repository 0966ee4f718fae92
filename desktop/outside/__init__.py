"""The evidence port: bank, clinic, psychologist, tests, JKN and Dukcapil, with their simulators."""
