# romfs: the sources, from the top of the tree: the reader and the check, and for the PC the builder. CMake, make
# and the tests read this list.
MPROM_ROMFS_C = \
	src/romfs/check.c \
	src/romfs/check_fault.c \
	src/romfs/check_index.c \
	src/romfs/check_info.c \
	src/romfs/check_names.c \
	src/romfs/check_tail.c \
	src/romfs/check_walk.c \
	src/romfs/crc32.c \
	src/romfs/fault.c \
	src/romfs/index.c \
	src/romfs/info.c \
	src/romfs/reader.c \
	src/romfs/record.c \
	src/romfs/seal.c \
	src/romfs/source.c \
	src/romfs/utf8.c \
	src/romfs/walk.c \
	src/romfs/window.c \

MPROM_ROMFS_BUILD_C = \
	src/romfs/build.c \
	src/romfs/build_arena.c \
	src/romfs/build_base.c \
	src/romfs/build_base_place.c \
	src/romfs/build_contents.c \
	src/romfs/build_dedupe.c \
	src/romfs/build_index.c \
	src/romfs/build_info.c \
	src/romfs/build_layout.c \
	src/romfs/build_order.c \
	src/romfs/build_output.c \
	src/romfs/build_text.c \
	src/romfs/build_write.c \
	src/romfs/defaults.c \
	src/romfs/glob.c \
	src/romfs/ignore.c \
	src/romfs/tree.c \
	src/romfs/tree_exclude.c \
	src/romfs/tree_fail.c \
	src/romfs/tree_image.c \
	src/romfs/tree_link.c \
	src/romfs/tree_order.c \
	src/romfs/tree_output.c \
	src/romfs/tree_read.c \
	src/romfs/tree_readers.c \
	src/romfs/tree_scan.c \
