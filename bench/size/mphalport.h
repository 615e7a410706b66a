#define mp_hal_ticks_ms() 0
