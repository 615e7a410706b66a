// clang-format off
// Names that are no identifiers, so that MicroPython's collector does not find them.
Q(/lib)
Q(/rom)
Q(/rom/lib)
