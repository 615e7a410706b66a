"""Programs that catch Ctrl-C, in the shapes that real ones have. Each prints "running" when it has begun."""

START = "import time\nprint('running')\n"

STUBBORN = {
    "pass": START + """
while True:
    try:
        time.sleep_ms(20)
    except KeyboardInterrupt:
        pass
""",
    "bare except": START + """
n = 0
while True:
    try:
        n += 1
    except:
        continue
""",
    "base exception": START + """
while True:
    try:
        time.sleep(1)
    except BaseException as error:
        print("ignored", repr(error))
""",
    "pause after it": START + """
while True:
    try:
        time.sleep(1)
    except KeyboardInterrupt:
        time.sleep_ms(120)
""",
    "finally": START + """
while True:
    try:
        try:
            time.sleep(1)
        finally:
            time.sleep_ms(60)
    except KeyboardInterrupt:
        print("once more")
""",
    "nested": START + """
def inner():
    while True:
        try:
            time.sleep_ms(50)
        except KeyboardInterrupt:
            time.sleep_ms(15)
            return
while True:
    try:
        while True:
            try:
                inner()
            except KeyboardInterrupt:
                time.sleep_ms(15)
    except KeyboardInterrupt:
        time.sleep_ms(15)
""",
    "tasks": START + """
def task(n):
    while True:
        yield
        time.sleep_ms(n)
tasks = [task(5), task(10)]
while True:
    for one in list(tasks):
        try:
            next(one)
        except BaseException as error:
            print("task failed", repr(error))
            tasks.remove(one)
            tasks.append(task(5))
""",
    "starts again": START + """
def run():
    while True:
        time.sleep_ms(30)
while True:
    try:
        run()
    except BaseException as error:
        print("starting again after", repr(error))
        time.sleep_ms(300)
""",
    "resets itself": START + """
import machine
try:
    while True:
        time.sleep_ms(30)
except KeyboardInterrupt:
    time.sleep_ms(100)
    machine.reset()
""",
    "off for a while": START + """
import micropython
micropython.kbd_intr(-1)
time.sleep(3)
micropython.kbd_intr(3)
while True:
    time.sleep(1)
""",
    "off now and then": START + """
import micropython
while True:
    micropython.kbd_intr(-1)
    time.sleep_ms(200)
    micropython.kbd_intr(3)
    time.sleep_ms(50)
""",
    "callback": START + """
import micropython
def callback(n):
    try:
        time.sleep_ms(20)
    except KeyboardInterrupt:
        pass
    micropython.schedule(callback, n + 1)
micropython.schedule(callback, 0)
while True:
    try:
        time.sleep_ms(20)
    except KeyboardInterrupt:
        pass
""",
}

# Nothing but a reset ends it, and Ctrl-C soon after that.
HOPELESS = START + """
import micropython
time.sleep_ms(50)
micropython.kbd_intr(-1)
while True:
    time.sleep(1)
"""
