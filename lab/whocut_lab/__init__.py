"""A small internet in network namespaces where the culprit is known.

Everything lives in namespaces without an uplink, held by one process: when that process dies, for
whatever reason, the kernel takes the daemons, the links, the rules and the temporary files with it.
"""
