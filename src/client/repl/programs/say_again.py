# Defines say_pieces(seed, places): prints these pieces of the last answer, and whether that is whole (said.h).
#
# shared: say_pieces=_z
# names: seed=k places=r whole=e text=t words=a count=n place=i piece=s character=x check=c

global say_pieces
for _ in 'print len range str map ord isinstance'.split():
    globals().pop(_, 0)


def say_pieces(seed, places):
    try:
        whole = ended
    except NameError:
        whole = 0
    text = '%d %d\n' % (answer[0], whole)
    for words in answer[1:]:
        text += words if isinstance(words, str) else 'mprom:%d ' % answer[0] + ' '.join(map(str, words)) + '\n'
    count = (len(text) + 23) // 24
    for place in places:
        if place < count:
            piece = '%03x%03x' % (place, count)
            for character in text[place * 24:place * 24 + 24]:
                piece += character if ' ' <= character <= '~' else '\x1e' if character == '\n' else '?'
            piece += ' ' * (30 - len(piece))
            check = seed
            for character in piece:
                check = (check * 101 + ord(character)) & 0x7fffff
            print('\x02%06x%s\x03' % (check, piece), end='')
