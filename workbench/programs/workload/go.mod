module quorate/programs/workload

go 1.25
