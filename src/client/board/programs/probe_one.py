# Behind segment.py: one segment.
#
# args: SEGMENT %u, HAS_MODULE %d

describe_segment(SEGMENT, HAS_MODULE)
