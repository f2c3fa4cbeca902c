"""The English grammar of the starter text."""

GRAMMAR: dict[str, list[str]] = {
    "scene": [
        "{found}",
        "{found}",
        "{talk}",
        "{talk}",
        "{bargain}",
        "{letter}",
        "{recipe}",
        "{weather}",
        "{notice}",
        "{verse}\n{verse}",
        "{logbook}",
        "{riddle}",
        "{school}",
    ],
    # Who: unknown, known, he or she, his or her, him or her.
    "who": [
        "a grey fox|the fox|she|her|her",
        "an old badger|the badger|he|his|him",
        "a small owl|the owl|she|her|her",
        "a brown bear|the bear|he|his|him",
        "a quick hare|the hare|she|her|her",
        "a proud cat|the cat|he|his|him",
        "a shy hedgehog|the hedgehog|he|his|him",
        "a white goose|the goose|she|her|her",
        "a thin wolf|the wolf|he|his|him",
        "a young mouse|the mouse|she|her|her",
        "a lame crow|the crow|he|his|him",
        "an old turtle|the turtle|she|her|her",
        "a baker|the baker|he|his|him",
        "a clockmaker|the clockmaker|she|her|her",
        "a lighthouse keeper|the keeper|he|his|him",
        "a young sailor|the sailor|she|her|her",
        "a painter|the painter|she|her|her",
        "a tired king|the king|he|his|him",
        "a clever tailor|the tailor|he|his|him",
        "a retired pirate|the pirate|she|her|her",
        "a schoolteacher|the teacher|he|his|him",
        "a girl with a lantern|the girl|she|her|her",
        "a boy in red boots|the boy|he|his|him",
        "a travelling musician|the musician|she|her|her",
    ],
    "thing": [
        "a copper key|the key",
        "a glass bottle|the bottle",
        "a silver spoon|the spoon",
        "a blue umbrella|the umbrella",
        "a broken compass|the compass",
        "a map without names|the map",
        "a sleeping clock|the clock",
        "a green lantern|the lantern",
        "a wooden flute|the flute",
        "a paper boat|the boat",
        "a heavy book|the book",
        "a ring of tin|the ring",
        "a warm stone|the stone",
        "a box of buttons|the box",
        "a yellow kite|the kite",
        "a cracked mirror|the mirror",
        "a very small door|the door",
        "a basket of plums|the basket",
    ],
    "place": [
        "under the old bridge",
        "behind the mill",
        "at the edge of the forest",
        "in the empty theatre",
        "beside the frozen lake",
        "on top of the hill",
        "at the end of the harbour",
        "in the garden of the mayor",
        "near the railway station",
        "below the lighthouse",
        "in a quiet valley",
        "between two apple trees",
        "in the attic of the school",
        "on the road to the sea",
    ],
    "when": [
        "one windy evening",
        "on the first day of spring",
        "long before breakfast",
        "late in the autumn",
        "one night without a moon",
        "on a rainy Tuesday",
        "in the middle of winter",
        "when the bells had stopped",
        "at the hour of the long shadows",
        "after the last boat had gone",
    ],
    "how": ["slowly", "at once", "without a word", "very carefully", "with a sigh", "twice", "in the dark", "happily"],
    "mood": ["happy", "tired", "a little afraid", "very proud", "curious", "hungry", "almost brave", "lonely", "calm"],
    "wish": [
        "to see the sea",
        "to learn the names of the stars",
        "to sleep until April",
        "to find {a.3} lost brother",
        "to hear one good joke",
        "to cross the river with dry feet",
        "to bake the perfect loaf",
        "to be left alone with a good book",
        "to dance at the winter ball",
        "to know where the wind lives",
    ],
    "moral": [
        "A borrowed lamp still gives light.",
        "What is shared grows; what is hidden gathers dust.",
        "It is easier to find a thing than to know what it is for.",
        "Even a long road is made of short steps.",
        "Who listens at doors hears only doors.",
        "A friend is a door in a wall of snow.",
        "The sea keeps no secrets, it only tells them slowly.",
        "Some keys are made before their locks.",
        "He who counts the stars forgets to look at them.",
        "Good soup needs time, and so does a good answer.",
    ],
    "found": [
        (
            "{+who:a}{+thing:t}{when}, {a} found {t} {place}. {a.2} turned it over {how} and wondered who had lost it. "
            "{ask} {end}"
        ),
        (
            "{+who:a}{+who:b}{+thing:t}{when}, {a} and {b} were walking home together. {place}, {a.1} saw {t}. "
            "“It is mine,” said {a.1}. “It is ours,” said {b.1}. They argued until the lamps were lit, and then they laughed. "
            "{moral}"
        ),
        (
            "{+who:a}{+thing:t}there was once {a} who had only one wish: {wish}. {when}, {a.2} opened {a.3} window and found "
            "{t} on the sill. {a.2} felt {mood}. {end}"
        ),
        (
            "{+who:a}{+who:b}{+thing:t}nobody knew why {a} always carried {t}. {when}, {b} finally asked. “{reason},” said "
            "{a.1} {how}. Nobody asked again. {moral}"
        ),
    ],
    "ask": [
        "{+who:b}{b} came by and said, “{advice}.”",
        "{a.2} asked the river, but the river was busy.",
        "{a.2} asked everyone in the village, even the cat.",
        "{a.2} waited three days, but nobody came.",
        "{+who:b}“is it yours?” {a.2} asked {b}. “No,” said {b.1}, “mine was bigger.”",
    ],
    "advice": [
        "Keep it until it rains",
        "Bury it where the path is white",
        "Never open it on a Sunday",
        "Take it to the clock tower and listen",
        "Give it to the first child you meet",
        "Put it under your pillow and count to nine",
    ],
    "reason": [
        "It reminds me of the sea",
        "I am keeping it for the moon",
        "My grandmother told me to",
        "Because it cannot walk by itself",
        "One day it will sing",
        "It is lighter than my worries",
    ],
    "end": [
        "{t.1} hangs above {a.3} bed to this day.",
        "In the morning {t.1} was gone, and in its place lay a white feather.",
        "{a.2} put {t.1} back {how} and went home, feeling {mood}.",
        "{moral}",
        "And that is how {a.1} learned to whistle.",
        "Since then, {a.2} smiles whenever it rains.",
        "{a.2} sold {t.1} at the market and bought a ticket to the sea.",
    ],
    "talk": [
        (
            "{+who:a}{+who:b}{+exchange:q}“{q}?” asked {a.1}.\n“{q.1},” said {b.1} {how}.\n“And then?”\n“{then}.”\n"
            "{a.1} thought about this {how}, and nodded."
        ),
        (
            "{+who:a}{+who:b}{+exchange:q}{a} met {b} {place}.\n“{q}?” asked {b.1}.\n“{q.1},” said {a.1}. “And what do you think?”\n"
            "“{q.2}.”\nThey looked at each other, both {mood}, and walked on."
        ),
        (
            "{+who:a}{+who:b}“good evening,” said {a.1}.\n“Is it?” said {b.1}. “{complaint}.”\n“Then come in. {offer}.”\n"
            "{b.1} came in {how}, and for a while nobody said anything at all."
        ),
    ],
    # A question, and two answers to it.
    "exchange": [
        "Where does the wind go at night|It sleeps in chimneys|Home, like everybody else",
        "Why is the sea never full|Because the clouds drink from it|It is, but it is too polite to say so",
        "Who lights the stars|My uncle does, every evening, with a ladder|Somebody who is afraid of the dark",
        "How long is a winter|As long as a good story|Ask the snow, it has time",
        "What do trees dream about|About walking|Only about birds",
        "Can you keep a secret|Only when it rains|I have kept so many that I lost the key",
        "Have you seen my shadow|It left at noon, without a hat|Yes, but it is shy",
        "Why do bells sound sad from far away|They would like to come along|They are counting, and they never finish",
        "Is the moon following us|No, it is only going the same way|Yes, it is afraid to be alone",
        "What is on the other side of the hill|The same as here, but backwards|Another hill, a little older",
        "How do you know the way|I follow my nose, it has been here before|The way knows me",
        "What does snow taste like|Like the letter S|Like silence, with a little salt",
        "When will the ferry come|When nobody is waiting|It came yesterday, and it liked you",
        "Why are you wearing two hats|One is for the sun and one is for the doubt|The other one is not mine",
    ],
    "excuse": [
        "That depends on the weather",
        "Nobody has ever asked me that before",
        "I knew it once, but I was younger then",
        "More than three and less than the sea",
        "The same as yesterday",
    ],
    "then": [
        "Then it is morning, and we have tea",
        "Then we begin again, a little slower",
        "Then the geese come back",
        "Then you will be old, and children will ask you",
        "Nothing. That is the beautiful part",
        "Then somebody must wash the dishes",
    ],
    "complaint": [
        "My roof is full of stars and my boots are full of rain",
        "The clock has struck thirteen again",
        "Somebody has eaten my last pear",
        "I have lost my hat, my way and my patience",
        "The wind has read all my letters",
        "Even the fish are complaining",
    ],
    "offer": [
        "There is soup, and the fire is friendly",
        "I have bread, honey and bad jokes",
        "You may have the chair that does not creak",
        "I will tell you how the winter ends",
        "There is always room for one more sorrow",
    ],
    "bargain": [
        (
            "{+who:a}{+who:b}{+thing:t}“how much for {t.1}?” asked {a} at the market.\n“{price},” said {b}.\n“{price}, and not "
            "a crumb more.”\n“{price}, because it is Friday.”\nThey shook hands. {a.1} went home with {t.1}, {mood}."
        ),
        (
            "{+who:a}{+thing:t}{+thing:u}{a} wanted to change {t} for {u}. The first merchant laughed. The second merchant cried. "
            "The third one said: “{price}, and you may keep both.” {moral}"
        ),
    ],
    "price": [
        "{number} coins",
        "{number} plums",
        "a song and {number} coins",
        "{number} white feathers",
        "one good secret",
    ],
    "number": ["two", "three", "four", "five", "six", "seven", "nine", "eleven", "twelve"],
    "name": [
        "Ada",
        "Bruno",
        "Clara",
        "Edwin",
        "Flora",
        "Hugo",
        "Ida",
        "Jonas",
        "Lina",
        "Marta",
        "Nils",
        "Oscar",
        "Rosa",
    ],
    "letter": [
        (
            "Dear {name:n},\nthe weather here is {sky}, and {who:a} has moved in next door. {when}, {a.2} lent me {thing}. "
            "I think {a.2} wants {wish}. Please send {number} {goods} and your warmest hat.\nYours, {name:m}"
        ),
        (
            "Dear {name:n},\nI write to you from a small room {place}. Yesterday I saw {who:a} with {thing}, and I was {mood}. "
            "{exchange}? Answer soon.\nYour friend {name:m}"
        ),
    ],
    "sky": [
        "grey and kind",
        "bright as a bell",
        "full of geese",
        "made of wet wool",
        "blue to the very edge",
        "undecided",
    ],
    "goods": [
        "candles",
        "red apples",
        "onions",
        "pots of honey",
        "walnuts",
        "lemons",
        "loaves of bread",
        "cups of flour",
    ],
    "pinch": ["salt", "moonlight", "courage", "cinnamon", "old gossip", "patience", "thunder", "pepper"],
    "dish": [
        "Winter soup",
        "Sailor's bread",
        "Moon cake",
        "Soup for a sad king",
        "A pie against rain",
        "Grandmother's stew",
    ],
    "recipe": [
        (
            "{dish}\nTake {number} {goods:x} and {number} {goods:y}. Cut everything {how}. Add a pinch of {pinch} and stir "
            "{number} times to the left. Cook until {until}. Serve to {who}."
        ),
        (
            "{dish}\nBoil {number} {goods:x} in clear water. When {until}, add {pinch} and {number} {goods:y}. Do not look back. "
            "Eat it {place}, {how}."
        ),
    ],
    "until": [
        "the cat wakes up",
        "the spoon stands by itself",
        "the windows are white",
        "somebody knocks at the door",
        "it smells of summer",
        "the second candle is out",
    ],
    "weather": [
        (
            "The weather for {day}: {sky} in the morning, {storm} after noon. {who:a} is advised to stay at home. In the evening "
            "there will be {number} stars."
        ),
        (
            "The weather for {day}: {storm} {place}, elsewhere {sky}. Umbrellas may dream. Tomorrow will be much the same, only "
            "later."
        ),
    ],
    "day": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "the longest night"],
    "storm": [
        "light snow",
        "a small storm",
        "soft rain",
        "wind from the sea",
        "thick fog",
        "a shower of leaves",
        "sunshine",
    ],
    "notice": [
        "LOST: {thing:t}, last seen {place}. It answers to the name of {name}. Whoever finds it may keep {number} {goods}.",
        "FOUND: {thing:t}, {place}. It has been asking for its owner {how}. Come before {day}.",
        "WANTED: {who:a}, able to carry {thing} and to keep silent. {number} coins a day, and soup. Ask for {name}.",
        "FOR SALE: {thing:t}, almost new, used by {who:a} only on Sundays. {number} coins. No questions.",
    ],
    "rhyme": [
        "moon|spoon",
        "hill|quill",
        "night|light",
        "sea|key",
        "snow|bow",
        "rain|train",
        "tree|bee",
        "star|jar",
        "boat|coat",
        "town|crown",
        "lake|cake",
        "stair|chair",
        "house|mouse",
        "well|bell",
        "wall|ball",
        "door|oar",
        "sky|pie",
        "sand|hand",
    ],
    "verse": [
        "{+who:a}{+rhyme:r}{a.1} looked up at the {r},\n{a.2} dreamed about a {colour} {r.1}.",
        "{+who:a}{+rhyme:s}{a.1} sat down beside the {s}\nand told a story to a {s.1}.",
        "{+who:a}{+rhyme:q}what did {a.1} see by the {q}?\nA {colour} ghost, a {colour} {q.1}.",
        "{+who:a}{+rhyme:p}there is no song like that of the {p},\nsaid {a.1}, and bought a {colour} {p.1}.",
    ],
    "colour": ["golden", "silver", "purple", "silent", "crooked", "tiny", "scarlet", "lonely", "secret", "velvet"],
    "logbook": [
        "Day {number:n} at sea. Wind {wind}, the water {water}. {sailor} Supper: {goods}. The crew is {mood}.",
        "Day {number:n} at sea. We passed an island {island}. {sailor} Wind {wind}. We sail on.",
    ],
    "wind": [
        "from the north",
        "from the south",
        "from nowhere",
        "from behind, like a friend",
        "asleep",
        "in a bad mood",
    ],
    "water": ["green as glass", "dark and full of songs", "flat as a plate", "loud", "the colour of tea"],
    "island": [
        "shaped like a sleeping dog",
        "where all clocks stand still",
        "full of white horses",
        "with a single tree and a bell in it",
        "that is on no map",
    ],
    "sailor": [
        "The cook has seen a whale, or a very large pear.",
        "We found {thing} in the net and threw it back.",
        "{who:a} was hiding among the barrels and is now our captain.",
        "The captain plays the flute, badly.",
        "At noon a letter fell from the sky.",
    ],
    "riddle": [
        "I run all day and have no legs. What am I? — The river.",
        "I have a face and two hands, but I cannot wash. What am I? — The clock.",
        "The more you take from me, the bigger I grow. What am I? — A hole.",
        "I speak every language and have no mouth. What am I? — The echo.",
        "I am full of holes, yet I hold water. What am I? — A sponge.",
        "I follow you by day and leave you at night. What am I? — Your shadow.",
        "I have many leaves, but I am no tree. What am I? — A book.",
        "You break me when you say my name. What am I? — Silence.",
        "I fly without wings and cry without eyes. What am I? — A cloud.",
        "I grow shorter the longer I stand. What am I? — A candle.",
        "I have teeth, but I never bite. What am I? — A comb.",
        "I go up and down the hill and never move. What am I? — The path.",
    ],
    "school": [
        (
            "{+who:a}{+thing:t}{name:n} wrote an essay about {t}. “{exchange}?” it began. {a.1}, who was the teacher that day, "
            "read it {how} and gave it {number} points. “{moral}”"
        ),
        (
            "{+who:a}“{number} and {number} make?” asked {a.1}. Nobody knew. “{excuse},” said {name:n} at last, and everybody "
            "was {mood}."
        ),
    ],
}
