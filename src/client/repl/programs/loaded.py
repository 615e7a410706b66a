# Goes before a program that was read: all of it has come, and its first part is compiled.

print(end='\6')
