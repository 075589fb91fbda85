"""Limits for one untrusted document. User data and commands are hostile input: nothing here is unbounded."""

DOCUMENT = 1 << 20  # characters of one text: 64 times EC2's 16 KiB of user data, more than any add-on's manifest
PURE_DOCUMENT = 1 << 15  # characters without libyaml: PyYAML's own scanner reads about 100 KB/s
UNPACKED = 2 << 20  # bytes of one unpacked gzip stream; a bomb turns 64 KB into 64 MB
NESTING = 48  # levels: the deepest schema of a CustomResourceDefinition in use has about 30
NODES = 40_000  # YAML nodes with aliases expanded: the longest network add-on has about 15,000; takes 0.3 s
LAYERS = 4  # user data inside user data: MIME, an archive in it, base64, gzip
FILES = 400  # files that one first-boot text may write
DIGITS = 18  # digits of a whole number: longer ones do not fit into 64 bits, and converting them takes quadratic time
WORDS = 20_000  # words of one command line
EXPANSION = 1 << 12  # characters of a shell variable that is replaced by its value: a member list has about 500
EXPONENT = 30  # largest exponent of a quantity: Kubernetes' own largest unit is E, 10 to the 18th
