# The main.py that starts an image: a function of a module.
#
# args: VERSION %d, ENTRY %s, MODULE %.*s, FUNCTION %s
# verbatim

# mprom starter VERSION ENTRY
# Written by mprom, to start the image at /rom. Change it, and mprom leaves it alone.
import sys

if __name__ == "__main__":
    sys.path.insert(0, "/rom")
    import MODULE
    MODULE.FUNCTION()
else:
    print("mprom: there is no main in /rom; mprom deploy writes one")
