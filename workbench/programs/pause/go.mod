module quorate/programs/pause

go 1.25
