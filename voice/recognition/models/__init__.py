"""Speech models: which there are, fetching one safely, and what it can hear.

catalogue   models by name: language, size, licence, checksum
download    fetching an archive, resumed after a break
archive     unpacking it; it came over the network and is not trusted
installed   the models of this computer, and whether they are whole
vocabulary  which words a model knows
"""
