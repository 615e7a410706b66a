# Runs on the board, not on the PC: as much of `unittest` as MicroPython's own tests of VfsRom use. They are run
# unmodified; SKIPPED names what they expect that mprom does otherwise, with the reason.

SKIPPED = {"TestMounted.test_chdir": "expects that chdir into a directory fails, and here it works"}


class SkipTest(Exception):
    pass


class _AssertRaises:
    def __init__(self, expected):
        self.expected = expected
        self.exception = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind is None:
            raise AssertionError("%r was not raised" % self.expected)
        self.exception = value
        return issubclass(kind, self.expected)


class TestCase:
    def assertEqual(self, first, second):
        if not first == second:
            raise AssertionError("%r != %r" % (first, second))

    def assertIn(self, item, container):
        if item not in container:
            raise AssertionError("%r not in %r" % (item, container))

    def assertIsInstance(self, value, kind):
        if not isinstance(value, kind):
            raise AssertionError("%r is no %r" % (value, kind))

    def assertRaises(self, expected):
        return _AssertRaises(expected)


def skipIf(condition, reason):
    def keep(function):
        return function

    def skip(function):
        def skipped(self):
            raise SkipTest(reason)

        return skipped

    return skip if condition else keep


def _call(case, name):
    if hasattr(case, name):
        getattr(case, name)()


def _run(kind, name):
    if kind.__name__ + "." + name in SKIPPED:
        raise SkipTest(SKIPPED[kind.__name__ + "." + name])
    case = kind()
    _call(case, "setUp")
    try:
        getattr(case, name)()
    finally:
        _call(case, "tearDown")


def _tests(namespace):
    for kind in sorted((v for v in namespace.values() if isinstance(v, type)), key=lambda v: v.__name__):
        names = [name for name in dir(kind) if name.startswith("test")]
        if issubclass(kind, TestCase) and names:
            _call(kind, "setUpClass")
            for name in sorted(names):
                yield kind, name


# The tests call this; they run as __main__.
def main():
    counts = {"passed": 0, "skipped": 0, "failed": 0}
    for kind, name in _tests(__import__("__main__").__dict__):
        full = kind.__name__ + "." + name
        try:
            _run(kind, name)
            counts["passed"] += 1
        except SkipTest as reason:
            counts["skipped"] += 1
            print("SKIP", full + ":", reason)
        except Exception as error:
            counts["failed"] += 1
            print("FAIL", full + ":", repr(error))
    print("unittest: %(passed)d passed, %(skipped)d skipped, %(failed)d failed" % counts)
