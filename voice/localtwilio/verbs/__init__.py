"""What each TwiML verb does to a call (https://www.twilio.com/docs/voice/twiml).

by_name     verb → script
say         Say, Play and Pause
gather      Gather
enqueue     Enqueue and Leave
dial        Dial, with Number, Sip, Client and Queue
conference  Conference
bridge      two calls connected with each other
"""
