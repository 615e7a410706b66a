# The main.py that starts an image: a module.
#
# The image comes first, whatever lies on the disk, and `import main` would find this very file where the image has
# none; it says so then.
#
# args: VERSION %d, ENTRY %s, MODULE %.*s
# verbatim

# mprom starter VERSION ENTRY
# Written by mprom, to start the image at /rom. Change it, and mprom leaves it alone.
import sys

if __name__ == "__main__":
    sys.path.insert(0, "/rom")
    import MODULE
else:
    print("mprom: there is no main in /rom; mprom deploy writes one")
