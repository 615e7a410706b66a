# Sources, from the top of the tree. CMake, make and the tests read these lists.
MPROM_CELLS_C = \
	emulator/array/cells.c \
	emulator/array/cells_planes.c \
	emulator/array/cells_torn.c \
	emulator/array/geometries.c \
	emulator/array/text.c \

# Those of them that need an operating system: memory and files.
MPROM_CELLS_STORE_C = emulator/array/cells_store.c

MPROM_MODEL_C = \
	emulator/model/cortex_m.c \
	emulator/model/cortex_m7_model.c \
	emulator/model/l1_model.c \
	emulator/model/model.c \

MPROM_NOR_C = \
	emulator/parts/nor_act.c \
	emulator/parts/nor_bus.c \
	emulator/parts/nor_chip.c \
	emulator/parts/nor_commands.c \
	emulator/parts/nor_frame.c \
	emulator/parts/nor_jobs.c \
	emulator/parts/nor_parts.c \
	emulator/parts/nor_report.c \

MPROM_EMULATOR_HOST_C = \
	emulator/host/chatter.c \
	emulator/host/console.c \
	emulator/host/failures.c \
	emulator/host/host.c \
	emulator/host/id.c \
	emulator/host/message.c \
	emulator/host/options.c \
	emulator/host/registry.c \
	emulator/host/uart.c \

MPROM_MACHINE_C = \
	emulator/machine/elf.c \
	emulator/machine/machine.c \
	emulator/machine/machine_bus.c \
	emulator/machine/machine_fault.c \
	emulator/machine/machine_registers.c \
	emulator/machine/machine_time.c \
	emulator/machine/machine_windows.c \
	emulator/machine/region.c \
	emulator/machine/soc.c \
