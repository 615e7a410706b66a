GREETINGS = ("Hello", "Grüezi", "こんにちは")
