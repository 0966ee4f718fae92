"""Keys: who signs, what is sealed, and who vouches for whom.

`signer` signs, `secret_box` seals bytes at rest, `certificates` name public keys and their
realm, `officers` seal an officer's key by the password, `providers` keep the profile's master
key (the operating system's keyring, or a file for training).

To add a provider (a smart card, PKCS#11): give it `make` and `load` as `providers.Provider`
says, and a name in `providers.provider_named`.
"""
