# Behind segment.py: one segment.
#
# args: SEGMENT %u, IS_MPROM %d

describe_segment(SEGMENT, IS_MPROM)
