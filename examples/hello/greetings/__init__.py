from .words import GREETINGS


def greet(name):
    return ", ".join(GREETINGS) + ", " + name + "!"
