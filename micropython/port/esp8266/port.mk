# The linker script puts the code of files that it does not know into RAM, of which there are 32 KiB. mprom's code goes to
# flash, by the section that the script takes there from every file.
MPROM_OBJECTS = $(patsubst micropython/%.c,%.o,$(MPROM_PYTHON_C) $(MPROM_VFS_ROM_C) $(MPROM_ROM_IOCTL_C) $(MPROM_PORT_C) \
	$(MPROM_LAYER_C)) $(MPROM_LIBRARIES_C:.c=.o)
$(addprefix $(BUILD)/,$(MPROM_OBJECTS)): CFLAGS += -fno-function-sections -fno-reorder-functions \
	-Wa,--rename-section,.text=.irom0.text
