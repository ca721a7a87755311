! Random numbers from a fixed seed are the same everywhere; clocks and dates are plausible.
program fortran_random
    implicit none
    integer :: n, values(8)
    integer(8) :: ticks, later, rate
    integer, allocatable :: seed(:)
    real(8) :: x(1000), cpu
    call random_seed(size=n)
    allocate (seed(n))
    seed = 20240229
    call random_seed(put=seed)
    call random_number(x)
    print '(3f18.14)', x(1), x(500), x(1000)
    print '(a, f10.6)', 'mean', sum(x)/1000
    print '(a, l1)', 'in range: ', all(x >= 0 .and. x < 1)
    call system_clock(ticks, rate)
    call system_clock(later)
    print '(a, l1)', 'the clock runs: ', rate > 0 .and. later >= ticks
    call date_and_time(values=values)
    print '(a, l1)', 'a plausible date: ', values(1) >= 2024 .and. values(2) >= 1 .and. values(2) <= 12
    call cpu_time(cpu)
    print '(a, l1)', 'processor time: ', cpu >= 0
end program
